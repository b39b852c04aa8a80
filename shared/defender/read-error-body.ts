import * as z from 'zod';
import { cleanMessage, SHORTEST_SECRET } from './clean-message.ts';
import { parseJson } from './parse-json.ts';

const ErrorBody = z.object({
  error: z.object({
    code: z.string().nullish().catch(null),
    message: z.string().nullish().catch(null),
    target: z.string().nullish().catch(null),
  }),
});

/** A word such as `ResourceNotFound`, or a status such as `429`: nothing that could be a key. */
const CODE = /^(?:[A-Z][A-Za-z]{1,49}|\d{3})$/;
/** A GUID, or hex digits in groups as activity ids have them. */
const TARGET = /^\|?[0-9a-f]{1,32}(?:[-.][0-9a-f]{1,32}){0,8}\.?$/i;

/** Code, target and cleaned message of an error as Defender words it; null or empty where the body is another, or they are not fit to be shown (Defender: common REST API error codes). */
export function readErrorBody(
  body: string,
  secrets: readonly string[],
): { code: string | null; target: string | null; message: string } {
  const json = parseJson(body);
  const read = ErrorBody.safeParse(json.parsed === 'value' ? json.value : null);
  const { code, message, target } = read.success ? read.data.error : {};
  const isOpen = (text: string): boolean =>
    !secrets.some((secret) => secret.length >= SHORTEST_SECRET && text.includes(secret));
  // Behind some gateways the body is no longer JSON, and the code can only be seen in it.
  const seen = read.success ? null : (/\bActiveRequestAlreadyExists\b/.exec(body)?.[0] ?? null);
  return {
    code: code && CODE.test(code) && isOpen(code) ? code : seen,
    target: target && TARGET.test(target) && isOpen(target) ? target : null,
    message: cleanMessage(message ?? '', secrets),
  };
}
