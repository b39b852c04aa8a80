import type { Api } from './call-endpoint.ts';
import { describeUnreadable } from './describe-failure.ts';
import type { DefenderError } from './errors.ts';
import type { EndpointName } from './permissions.ts';
import { readBody } from './read-body.ts';
import { expectSuccess, isNotFound } from './reply.ts';
import { PageBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** All rows of a list, or that Defender answered its first page with 404. */
export type Pages =
  | { readonly outcome: 'found'; readonly rows: readonly unknown[]; readonly status: number }
  | { readonly outcome: 'not found'; readonly error: DefenderError };

const MOST_PAGES = 200;

/** Reads a list page by page; a next link is followed only on the base URL's origin, and a list that is cut short is an error, never a shorter list. `onText` gets each page as it was sent. */
export async function readPages(
  api: Api,
  endpoint: EndpointName,
  path: string,
  options?: CallOptions,
  onText: (text: string) => void = () => undefined,
): Promise<Pages> {
  const rows: unknown[] = [];
  const seen = new Set<string>();
  let url = api.url(path);
  for (;;) {
    seen.add(url.href);
    const reply = await api.call({ endpoint, method: 'GET', url, brings: 'JSON' }, options);
    if (reply.reply === 'failure' && seen.size === 1 && isNotFound(reply)) {
      return { outcome: 'not found', error: reply.error };
    }
    const { json, status, text } = expectSuccess(reply);
    onText(text);
    const page = readBody(PageBody, json, endpoint, status);
    rows.push(...page.value);
    const link = page['@odata.nextLink'] ?? '';
    if (link === '') return { outcome: 'found', rows, status };
    const step = resolveNext(link, url, seen);
    if (step.next === null) {
      const why = `goes on at a next link that ${step.wrong}`;
      throw describeUnreadable({ endpoint, retryAfterMs: null, effect: 'none' }, status, why);
    }
    url = step.next;
  }
}

/** The rows of a list of which Defender never says that there is none; a 404 is thrown like every failure. */
export function expectRows(pages: Pages): Extract<Pages, { outcome: 'found' }> {
  if (pages.outcome === 'not found') throw pages.error;
  return pages;
}

type Step = { readonly next: URL } | { readonly next: null; readonly wrong: string };

function resolveNext(link: string, from: URL, seen: ReadonlySet<string>): Step {
  if (!URL.canParse(link, from.href)) return { next: null, wrong: 'is no address' };
  const next = new URL(link, from);
  if (next.origin !== from.origin) return { next: null, wrong: 'is on another host' };
  if (seen.has(next.href) || seen.size >= MOST_PAGES) return { next: null, wrong: 'does not come to an end' };
  return { next: new URL(`${next.origin}${next.pathname}${next.search}`) };
}
