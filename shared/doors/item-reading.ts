import type { AlertReference } from '../domain/alert.ts';

/**
 * What one item of a payload is: the alerts it names; something of which nothing is to be collected, such as an alert of
 * another product; or, with a sentence that says why, nothing that a door can use.
 */
export type ItemReading =
  | { readonly found: 'alerts'; readonly references: readonly AlertReference[] }
  | { readonly found: 'nothing'; readonly why: string }
  | { readonly found: 'unknown'; readonly why: string };

/** Reads an item if it has the reader's shape; null if it has not, and the next reader is asked. */
export type ItemReader = (item: object) => ItemReading | null;

/** Nothing is to be collected of it. */
export function leave(why: string): ItemReading {
  return { found: 'nothing', why };
}

/** It cannot be used. */
export function refuse(why: string): ItemReading {
  return { found: 'unknown', why };
}

/** The alerts that it names. */
export function take(references: readonly AlertReference[]): ItemReading {
  return { found: 'alerts', references };
}

/** The name of a product as it may stand in an answer: words and nothing else, as a link is no name. */
export function quoteName(text: string | null): string {
  return text !== null && /^[\p{L}\p{N}][\p{L}\p{N} .-]{0,59}$/u.test(text) ? text : 'a product without a name';
}
