/** A page of the list of collections that is asked for, or what is wrong with the query. */
export type ListQuery =
  | { readonly outcome: 'page'; readonly limit: number; readonly from: string | null }
  | { readonly outcome: 'wrong'; readonly why: string };

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Reads `limit` (1 to 200) and `from` (as the URL in `next` of the page before has it). */
export function readListQuery(query: { get(name: string): string | null }): ListQuery {
  const given = query.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MAX_LIMIT)
    return { outcome: 'wrong', why: `limit must be a whole number from 1 to ${MAX_LIMIT}.` };
  const from = query.get('from');
  if (from !== null && !/^\d{13}-[0-9a-f]{32}(?:-r\d{1,3})?$/.test(from)) {
    return { outcome: 'wrong', why: 'Follow the URL in next of the page before as it is; from cannot be made up.' };
  }
  return { outcome: 'page', limit, from };
}
