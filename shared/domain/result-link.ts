/** A result link, hidden in a closure so that no log, error or row that prints it can show its signature. */
export interface ResultLink {
  readonly reveal: () => string;
}

/** The link, hidden. */
export function hideLink(url: string): ResultLink {
  return { reveal: () => url };
}
