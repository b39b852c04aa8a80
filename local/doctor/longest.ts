const LONGEST_MS = 15_000;

/** The limit of one call to the storage, its repetitions included. */
export function longest(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(LONGEST_MS) };
}
