/** What is wrong with one file of a package; the path is as it was found, so it may hold any character. */
export interface Fault {
  /** Path in the package. */
  readonly path: string;
  /** One sentence. */
  readonly what: string;
}
