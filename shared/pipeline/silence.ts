/** The longest that a machine action pends on a machine that answers; after it the machine counts as silent. */
export const SILENT_AFTER_MS = 5 * 60_000;
