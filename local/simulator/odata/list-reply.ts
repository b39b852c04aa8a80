import { contextOf, errorReply, jsonReply, type Reply } from '../http/reply.ts';
import { type Fields, parseFilter, type Row } from './filter.ts';
import { ODataError, readValue } from './literal.ts';

/** What all lists have in common: the API's own URL, the rows of a page at most, and whether `$orderby` is known. */
export type ListParts = { apiUrl(): string; pageSize: number; orderBy: 'known' | 'refused' };

/** What a list is made of: `address` is the collection's absolute URL. */
export type ListSource = Pick<ListParts, 'pageSize' | 'orderBy'> & {
  rows: readonly Row[];
  fields: Fields;
  context: string;
  address: string;
};

const topLimit = 10_000;

/** Answers a collection by `$filter`, `$orderby`, `$skip`, `$top` and `$count`, with `@odata.nextLink` where a page ends early. */
export function listReply(source: ListSource, query: URLSearchParams): Reply {
  try {
    return jsonReply(200, selectPage(source, query));
  } catch (error) {
    if (error instanceof ODataError) return errorReply(400, 'ODataError', error.message);
    throw error;
  }
}

function selectPage(source: ListSource, query: URLSearchParams): unknown {
  const filter = query.get('$filter');
  const rows = filter === null ? [...source.rows] : source.rows.filter(parseFilter(filter, source.fields));
  const order = query.get('$orderby');
  if (order !== null && source.orderBy === 'refused')
    throw new ODataError('The query option $orderby is not supported.');
  if (order !== null) rows.sort(parseOrder(order, source.fields));

  const skip = readCount(query, '$skip', Number.MAX_SAFE_INTEGER) ?? 0;
  const top = readCount(query, '$top', topLimit);
  const size = Math.min(top ?? source.pageSize, source.pageSize);
  const page = rows.slice(skip, skip + size);
  const isCut = skip + size < rows.length && (top === undefined || top > size);
  return {
    '@odata.context': contextOf(source.context),
    ...(query.get('$count') === 'true' ? { '@odata.count': rows.length } : {}),
    value: page,
    ...(isCut ? { '@odata.nextLink': nextLink(source.address, query, skip + size, top && top - size) } : {}),
  };
}

function nextLink(address: string, query: URLSearchParams, skip: number, top: number | undefined): string {
  const next = new URLSearchParams(query);
  next.set('$skip', String(skip));
  if (top !== undefined) next.set('$top', String(top));
  return `${address}?${[...next].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

function parseOrder(text: string, fields: Fields): (left: Row, right: Row) => number {
  const [, name = '', direction = 'asc'] = /^(\w+)(?: (asc|desc))?$/.exec(text) ?? [];
  const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (kind === undefined || kind === 'strings')
    throw new ODataError(`The query option $orderby=${text} is not supported.`);
  const sign = direction === 'asc' ? 1 : -1;
  return (left, right) => {
    const a = readValue(left[name], kind) ?? '';
    const b = readValue(right[name], kind) ?? '';
    return a < b ? -sign : a > b ? sign : 0;
  };
}

function readCount(query: URLSearchParams, option: string, limit: number): number | undefined {
  const text = query.get(option);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) > limit) {
    throw new ODataError(`The value '${text}' of the query option ${option} is not an integer from 0 to ${limit}.`);
  }
  return Number(text);
}
