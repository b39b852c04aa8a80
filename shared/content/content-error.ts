/** Thrown when reviewed content cannot be used; its message names the files and says what to do. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
  readonly code = 'content';
}
