import { parseArgs } from 'node:util';

const USAGE = `Usage: npm run chaos [-- [--seed N] [--kills N] [--alerts N] [--minutes N]]

  --seed N      kills and posts as they were planned in the run of that seed (default: a new one, which is printed)
  --kills N     how often the app is killed (default 30)
  --alerts N    how many alerts are posted, each on a machine of its own (default 30)
  --minutes N   after that many minutes it must have come to rest (default 10)`;

/** What a run was asked for; `help` holds the usage. */
export type Arguments =
  | {
      readonly ask: 'run';
      readonly seed: number;
      readonly kills: number;
      readonly alerts: number;
      readonly minutes: number;
    }
  | { readonly ask: 'help'; readonly usage: string };

const LARGEST_SEED = 2 ** 32 - 1;

/** Reads the arguments; a wrong one is an error whose message says what is right. */
export function readArguments(args: readonly string[], newSeed: number): Arguments {
  const text = { type: 'string' } as const;
  const options = { seed: text, kills: text, alerts: text, minutes: text, help: { type: 'boolean' } } as const;
  const { values } = parse(() => parseArgs({ args: [...args], options }));
  if (values.help) return { ask: 'help', usage: USAGE };
  return {
    ask: 'run',
    seed: readNumber('seed', values.seed ?? String(newSeed), 0, LARGEST_SEED),
    kills: readNumber('kills', values.kills ?? '30', 1, 500),
    alerts: readNumber('alerts', values.alerts ?? '30', 1, 500),
    minutes: readNumber('minutes', values.minutes ?? '10', 1, 120),
  };
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}".\n\n${USAGE}`);
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (fault) {
    throw new Error(`${fault instanceof Error ? fault.message : String(fault)}\n\n${USAGE}`);
  }
}
