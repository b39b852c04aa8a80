/**
 * Who asked for something, as far as it is known: an object id or app id of Entra, `key` for whoever holds a function key,
 * `local` on a developer's own machine. An `operator` may do everything; a `submitter` may send alerts within limits.
 */
export interface Caller {
  readonly id: string;
  readonly standing: 'operator' | 'submitter';
}
