import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { type Instance, startInstance } from './instance.ts';
import type { InstanceName } from './plan-strikes.ts';

/** The place of one instance of the app, which is killed and started again in it. */
export interface Slot {
  /** Starts the app unless it runs. */
  readonly start: () => void;
  /** Starts the app unless it runs, and waits until it listens; null if it ended before. */
  readonly listen: () => Promise<string | null>;
  /** The app's URL, null while it does not listen. */
  readonly url: () => string | null;
  /** Kills the app with SIGKILL if it runs. */
  readonly kill: () => void;
  /** Waits until the app that runs now has ended and its last line is in its log. */
  readonly ended: () => Promise<void>;
  /** Ends the app as the platform does, with SIGTERM and patience. */
  readonly close: () => Promise<void>;
  readonly starts: () => number;
  /** Ends that nobody asked for. */
  readonly findings: () => readonly Finding[];
}

/** What a slot is made of: the app's settings, and where each of its processes has its log. */
export interface SlotParts {
  readonly name: InstanceName;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFolder: string;
}

interface Running {
  readonly instance: Instance;
  readonly over: Promise<void>;
  url: string | null;
  end: 'not asked for' | 'asked for';
}

/** Makes a slot; nothing is started yet. */
export function createSlot({ name, settings, logFolder }: SlotParts): Slot {
  const findings: Finding[] = [];
  let running: Running | null = null;
  let starts = 0;

  const start = (): Running => {
    if (running !== null) return running;
    starts += 1;
    const logFile = join(logFolder, `${name}-${String(starts).padStart(3, '0')}.log`);
    const instance = startInstance(settings, logFile);
    const over = instance.ended.then(({ code, signal }) => {
      running = null;
      if (begun.end === 'asked for') return;
      findings.push({ what: `The app ended by itself (code ${code}, signal ${signal}).`, where: logFile });
    });
    const begun: Running = { instance, over, url: null, end: 'not asked for' };
    running = begun;
    void instance.listening.then((url) => {
      begun.url = url;
    });
    return begun;
  };
  return {
    start: () => void start(),
    listen: () => start().instance.listening,
    url: () => (running?.end === 'not asked for' ? running.url : null),
    kill: () => {
      if (running === null) return;
      running.end = 'asked for';
      running.instance.kill();
    },
    ended: async () => running?.over,
    close: async () => {
      if (running === null) return;
      running.end = 'asked for';
      await running.instance.close();
    },
    starts: () => starts,
    findings: () => findings,
  };
}
