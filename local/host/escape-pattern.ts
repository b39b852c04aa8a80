/** Escapes what has a meaning in a regular expression (RegExp.escape is newer than the language level of this project). */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
