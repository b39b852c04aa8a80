const LOOK_EVERY_MS = 500;

/**
 * Leaves when the shell that npm started us in is gone: a signal to npm ends that shell and never reaches us. Started in
 * any other way, a process may outlive its parent, so nothing is watched.
 */
export function leaveWithNpm(leave: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    leave();
  }, LOOK_EVERY_MS);
  timer.unref();
}
