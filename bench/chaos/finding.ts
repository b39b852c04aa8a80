/** Something that must not be: one sentence, and where to look (a collection, an action, a blob, a file). */
export interface Finding {
  readonly what: string;
  readonly where: string;
}
