import { answerCollection } from './collection-answer.ts';
import type { Collection } from '../domain/collection.ts';
import { stageOf } from '../domain/collection.ts';
import type { NumberedItem } from './read-alert-payload.ts';
import { describeProblem, type ProblemCode } from './problem.ts';

/** An answer of the HTTP API. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** A whole text, or bytes as they come. */
  readonly body: string | AsyncIterable<Uint8Array>;
}

/** How soon a caller should ask again, in seconds. */
const ASK_AGAIN_SECONDS = 15;

/** An answer in JSON; nothing of it may be kept by a cache. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** An answer that is an error (RFC 9457). */
export function problem(code: ProblemCode, detail: string, more: Readonly<Record<string, string>> = {}): Reply {
  const { status, headers, body } = describeProblem(code, detail);
  return { status, headers: { ...headers, ...more }, body };
}

/** The 202 for alerts that were claimed: their collections, and where to ask for the outcome (as Logic Apps follow it). */
export function accepted(
  requestUrl: string,
  receipt: { readonly operationId: string; readonly collections: readonly Collection[] },
  refused: readonly NumberedItem[],
  left: readonly NumberedItem[] = [],
): Reply {
  const collections = receipt.collections.map(({ id, status }) => ({ id, status, url: collectionUrl(requestUrl, id) }));
  const location = `${apiRoot(requestUrl)}/operations/${receipt.operationId}`;
  return json(
    202,
    { collections, ...tellUnused(refused, left) },
    { location, 'retry-after': String(ASK_AGAIN_SECONDS) },
  );
}

/** The 200 for items of which nothing is to be collected, as nobody who sent them has anything to correct. */
export function acknowledged(refused: readonly NumberedItem[], left: readonly NumberedItem[]): Reply {
  return json(200, { collections: [], ...tellUnused(refused, left) });
}

function tellUnused(refused: readonly NumberedItem[], left: readonly NumberedItem[]) {
  return { ...(refused.length === 0 ? {} : { refused }), ...(left.length === 0 ? {} : { left }) };
}

/** The state of a receipt: 202 while a collection is open, 200 with all outcomes after. */
export function answerOperation(requestUrl: string, operationId: string, collections: readonly Collection[]): Reply {
  const answers = collections.map((collection) =>
    answerCollection(collection, collectionUrl(requestUrl, collection.id)),
  );
  const isOpen = collections.some((collection) => stageOf(collection.status) === 'open');
  const status = isOpen ? 'running' : 'ended';
  const waiting = {
    location: `${apiRoot(requestUrl)}/operations/${operationId}`,
    'retry-after': String(ASK_AGAIN_SECONDS),
  };
  return json(isOpen ? 202 : 200, { id: operationId, status, collections: answers }, isOpen ? waiting : {});
}

/** A page of the list of collections, with the URL of the next. */
export function answerList(requestUrl: string, collections: readonly Collection[], next: string | null): Reply {
  const answers = collections.map((collection) =>
    answerCollection(collection, collectionUrl(requestUrl, collection.id)),
  );
  if (next === null) return json(200, { collections: answers, next });
  const { searchParams } = new URL(requestUrl);
  searchParams.delete('code');
  searchParams.set('from', next);
  return json(200, { collections: answers, next: `${apiRoot(requestUrl)}/collections?${searchParams}` });
}

/** A report as a page of its own, which may load and run nothing. */
export function page(html: string): Reply {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body: html };
}

/** The absolute URL of a collection, on the host that the request came to. */
export function collectionUrl(requestUrl: string, collectionId: string): string {
  return `${apiRoot(requestUrl)}/collections/${collectionId}`;
}

/** The absolute URL of the API's root, such as `https://host/api`. */
function apiRoot(requestUrl: string): string {
  const { origin, pathname } = new URL(requestUrl);
  const prefix = /^(.*?)\/(?:alerts|collections|operations|poll|health)(?:\/|$)/i.exec(pathname)?.[1] ?? '/api';
  return `${origin}${prefix}`;
}
