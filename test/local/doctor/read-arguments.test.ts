import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../local/doctor/read-arguments.ts';

describe("the doctor's arguments", () => {
  it('name a machine, an app, a profile and a time', () => {
    expect(readArguments([])).toEqual({ does: 'examine' });
    expect(readArguments(['--help', '--canary', 'x'])).toEqual({ does: 'help' });
    expect(readArguments(['--canary', 'pc-1'])).toEqual({
      ...{ does: 'canary', machine: 'pc-1', profile: null, app: null, limitMs: 1_800_000 },
    });
    expect(readArguments(['--canary', 'pc-1', '--app', 'https://x', '--profile', 'p', '--minutes', '5'])).toEqual({
      ...{ does: 'canary', machine: 'pc-1', profile: 'p', app: 'https://x', limitMs: 300_000 },
    });
  });

  it.each([
    [['--canary', 'pc', '--minutes', '0'], '--minutes takes a number from 1 to 9999, not "0".'],
    [['--canary', 'pc', '--minutes', '1h'], '--minutes takes a number from 1 to 9999, not "1h".'],
    [['--canary', ''], '--canary names a machine'],
    [['--canary'], 'argument missing'],
    [['--app', 'https://x'], '--app, --profile and --minutes are of --canary'],
    [['--minutes', '5'], '--app, --profile and --minutes are of --canary'],
  ])('%j are none: %s', (args, why) => {
    expect(readArguments(args)).toEqual({ does: 'nothing', why: expect.stringContaining(why) });
  });
});
