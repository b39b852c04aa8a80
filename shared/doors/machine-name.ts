/** Whether a text may be a machine's name, before Defender is asked for it: visible, 255 characters at most, no path and no quotes. */
export function isMachineName(text: string): boolean {
  return /^[^\p{C}\s'"\\/]{1,255}$/u.test(text);
}
