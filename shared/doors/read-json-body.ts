import type { ProblemCode } from './problem.ts';

/** The largest body that a door takes, in bytes. */
const MAX_BODY_BYTES = 1_048_576;

/** As much of a request as is needed to read its body. */
export interface BodySource {
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<unknown> | null;
}

/** A body's JSON, or what is wrong with it. */
export type JsonBody =
  | { readonly outcome: 'json'; readonly value: unknown }
  | { readonly outcome: 'problem'; readonly code: ProblemCode; readonly detail: string };

/** Reads a body as JSON: announced as such, at most 1 MiB; a larger one is not read to its end. */
export async function readJsonBody(request: BodySource): Promise<JsonBody> {
  const contentType = request.headers.get('content-type');
  if (contentType !== null && !/^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i.test(contentType.trim())) {
    return {
      outcome: 'problem',
      code: 'wrong-content-type',
      detail: 'Send the alert as JSON with the header "Content-Type: application/json".',
    };
  }
  const tooLarge: JsonBody = {
    outcome: 'problem',
    code: 'body-too-large',
    detail:
      'A body may have 1 MiB at most. Send only the ids of the alert and its machine: {"alertId": "…", "machineId": "…"}.',
  };
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge;
  const text = await readText(request.body);
  if (text === null) return tooLarge;
  if (text.trim() === '')
    return {
      outcome: 'problem',
      code: 'no-body',
      detail: 'Send the alert in the body, such as {"alertId": "da637472900382838869_1364969609"}.',
    };
  try {
    return { outcome: 'json', value: JSON.parse(text) };
  } catch {
    return {
      outcome: 'problem',
      code: 'not-json',
      detail: 'The body cannot be read as JSON. Check quotes and commas, and that it is UTF-8.',
    };
  }
}

async function readText(body: AsyncIterable<unknown> | null): Promise<string | null> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
