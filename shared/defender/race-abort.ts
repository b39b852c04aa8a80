/** What the work comes to, or the fault of `stopped` once the signal aborts; the work itself is left to end as it likes. */
export function raceAbort<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  stopped: () => unknown = () => new DOMException('The call was cancelled.', 'AbortError'),
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(stopped());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
