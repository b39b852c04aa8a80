/** Whether a text may be a machine's name, before Defender is asked for it: letters, digits, dots, dashes and underscores, 255 at most. */
export function isMachineName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,254}$/u.test(text);
}
