import { stdout } from 'node:process';

/** Shows steps to whoever watches: a moving line on a terminal, plain lines elsewhere. */
export interface Progress {
  /** One line that stays. */
  readonly say: (line: string) => void;
  /** What is waited for now; on a terminal it moves, elsewhere it is not shown. */
  readonly waitFor: (what: string) => void;
  readonly stop: () => void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Progress on standard output, with the seconds since `startedMs` before each line. */
export function showProgress(startedMs: number): Progress {
  const elapsed = () => `${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s`;
  if (!stdout.isTTY) {
    return { say: (line) => stdout.write(`${elapsed()}  ${line}\n`), waitFor: () => undefined, stop: () => undefined };
  }
  let waitingFor = '';
  let frame = 0;
  const draw = () => {
    frame += 1;
    if (waitingFor !== '') stdout.write(`\r\u001B[2K${elapsed()}  ${FRAMES[frame % FRAMES.length]} ${waitingFor}`);
  };
  const timer = setInterval(draw, 100);
  timer.unref();
  return {
    say: (line) => stdout.write(`\r\u001B[2K${elapsed()}  ${line}\n`),
    waitFor: (what) => {
      waitingFor = what;
    },
    stop: () => {
      clearInterval(timer);
      if (waitingFor !== '') stdout.write('\r\u001B[2K');
    },
  };
}
