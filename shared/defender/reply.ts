import type { DefenderError } from './errors.ts';

/** What came of a call, all tries done; `json` is undefined where the call brings nothing. */
export type Reply =
  | { readonly reply: 'success'; readonly status: number; readonly text: string; readonly json: unknown }
  | { readonly reply: 'failure'; readonly error: DefenderError };

/** A reply that is a success. */
export type Success = Extract<Reply, { reply: 'success' }>;

/** The reply as a success, or its error thrown. */
export function expectSuccess(reply: Reply): Success {
  if (reply.reply === 'failure') throw reply.error;
  return reply;
}

/** True for a 404 that is Defender's own word, not a gateway's web page. */
export function isNotFound(reply: Reply): boolean {
  return reply.reply === 'failure' && reply.error.status === 404 && reply.error.code !== 'UnreadableAnswer';
}
