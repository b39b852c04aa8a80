import type { Api } from './call-endpoint.ts';
import { DefenderError, refuseArgument } from './errors.ts';
import { getOne } from './get-one.ts';
import { idInPath } from './ids.ts';
import { judgeOnce, type OnceFailure } from './judge-once.ts';
import { readBody } from './read-body.ts';
import { expectSuccess, isNotFound } from './reply.ts';
import { CommentBody, CommentedAlertBody, UpdatedAlertBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** A comment on an alert; `text` is as it was written, `createdAt` ISO 8601. */
export interface AlertComment {
  readonly text: string;
  readonly createdBy: string | null;
  readonly createdAt: string | null;
}

/** The comments on an alert, unless Defender does not know it. */
export type FoundComments =
  | { readonly outcome: 'found'; readonly comments: readonly AlertComment[] }
  | { readonly outcome: 'not found' };

/** What became of adding a comment; after `unknown` it may be there, and is looked for before it is written again. */
export type CommentOutcome = { readonly outcome: 'added' } | { readonly outcome: 'not found' } | OnceFailure;

/** The comments on an alert, which every update appends to (Defender: get alert information by id). */
export async function readComments(api: Api, alertId: string, options?: CallOptions): Promise<FoundComments> {
  const endpoint = 'get alert';
  const found = await getOne(api, endpoint, `/api/alerts/${idInPath(endpoint, 'alert', alertId)}`, options);
  if (found === null) return { outcome: 'not found' };
  const { comments } = readBody(CommentedAlertBody, found.json, endpoint, found.status);
  return { outcome: 'found', comments: comments.flatMap(readComment) };
}

/** Adds a comment to an alert, sending it once at most, as comments are never replaced; every outcome is a value (Defender: update alert). */
export async function addComment(
  api: Api,
  alertId: string,
  text: string,
  options?: CallOptions,
): Promise<CommentOutcome> {
  const endpoint = 'comment on alert';
  try {
    if (text.trim() === '') {
      const message = `'${endpoint}' was not sent: the comment is empty. Give it a text.`;
      throw refuseArgument(endpoint, 'InvalidArgument', message);
    }
    const url = api.url(`/api/alerts/${idInPath(endpoint, 'alert', alertId)}`);
    const body = JSON.stringify({ comment: text });
    const reply = await api.call({ endpoint, method: 'PATCH', url, body, brings: 'JSON' }, options);
    if (isNotFound(reply)) return { outcome: 'not found' };
    const { json, status } = expectSuccess(reply);
    readBody(UpdatedAlertBody, json, endpoint, status, 'unknown');
    return { outcome: 'added' };
  } catch (fault) {
    if (fault instanceof DefenderError) return judgeOnce(fault);
    throw fault;
  }
}

function readComment(row: unknown): AlertComment[] {
  const read = CommentBody.safeParse(row);
  if (!read.success) return [];
  const { comment, createdBy, createdTime } = read.data;
  return [{ text: comment, createdBy, createdAt: createdTime }];
}
