import { parseArgs } from 'node:util';

/** What the doctor is asked for, or the sentence that says what is wrong with it. */
export type DoctorOrder =
  | { readonly does: 'examine' }
  | { readonly does: 'help' }
  | {
      readonly does: 'canary';
      readonly machine: string;
      readonly profile: string | null;
      /** The address of the app, null where it is to come from the environment. */
      readonly app: string | null;
      readonly limitMs: number;
    }
  | { readonly does: 'nothing'; readonly why: string };

const options = {
  help: { type: 'boolean' },
  canary: { type: 'string' },
  app: { type: 'string' },
  profile: { type: 'string' },
  minutes: { type: 'string', default: '30' },
} as const;

/** Reads the arguments of `npm run doctor`. */
export function readArguments(args: readonly string[]): DoctorOrder {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { help, canary, app = null, profile = null, minutes } = values;
    if (help === true) return { does: 'help' };
    if (canary === undefined) {
      const isAlone = app === null && profile === null && minutes === options.minutes.default;
      return isAlone ? { does: 'examine' } : nothing('--app, --profile and --minutes are of --canary.');
    }
    if (canary === '') return nothing('--canary names a machine, by its id or its name.');
    if (!/^\d{1,4}$/.test(minutes) || Number(minutes) === 0)
      return nothing(`--minutes takes a number from 1 to 9999, not "${minutes}".`);
    return { does: 'canary', machine: canary, profile, app, limitMs: Number(minutes) * 60_000 };
  } catch (fault) {
    return nothing(fault instanceof Error ? fault.message : String(fault));
  }
}

function nothing(why: string): DoctorOrder {
  return { does: 'nothing', why };
}
