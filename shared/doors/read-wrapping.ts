/** In what a file is handed out, or what is wrong with the query. */
export type WrappingReading =
  | { readonly outcome: 'wrapping'; readonly wrapped: 'as it is' | 'in a zip' }
  | { readonly outcome: 'wrong'; readonly why: string };

/** The parameters of a download's query. */
export const DOWNLOAD_PARAMETERS = ['as'] as const;

/** Names parameters in a query. */
interface Query {
  get(name: string): string | null;
  keys(): Iterable<string>;
}

/** Reads `as`, whose one value is `zip`. What is misspelt is refused, as who asks for a zip must not get the file itself. */
export function readWrapping(query: Query): WrappingReading {
  const unknown = [...query.keys()].find((name) => name !== 'as' && name !== 'code');
  if (unknown !== undefined) return { outcome: 'wrong', why: 'There is no such parameter; use as.' };
  switch (query.get('as')) {
    case null:
      return { outcome: 'wrapping', wrapped: 'as it is' };
    case 'zip':
      return { outcome: 'wrapping', wrapped: 'in a zip' };
    default:
      return { outcome: 'wrong', why: 'as is zip, or is left out for the file as it is.' };
  }
}
