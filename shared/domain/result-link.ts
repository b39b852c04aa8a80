/** A result link, hidden in a closure so that no log, error or row that prints it can show its signature. */
export interface ResultLink {
  readonly reveal: () => string;
}

/** The link, hidden. */
export function hideLink(url: string): ResultLink {
  return { reveal: () => url };
}

/** A fresh link to a result, or why there is none. */
export type LinkOutcome =
  | { readonly outcome: 'link'; readonly link: ResultLink }
  | { readonly outcome: 'no result'; readonly reason: string };
