import { describe, expect, it } from 'vitest';
import { readArguments } from '../../bench/chaos/read-arguments.ts';

describe('the arguments of npm run chaos', () => {
  it('are all optional; a seed is made where none is given', () => {
    const given = readArguments([], 42);
    expect(given).toEqual({ ask: 'run', seed: 42, kills: 30, alerts: 30, minutes: 10 });
  });

  it('are taken as given', () => {
    const args = ['--seed', '7', '--kills', '5', '--alerts', '6', '--minutes', '4'];
    expect(readArguments(args, 42)).toEqual({ ask: 'run', seed: 7, kills: 5, alerts: 6, minutes: 4 });
  });

  it.each([
    [['--kills', '0'], '--kills takes a whole number from 1 to 500, not "0".'],
    [['--alerts', 'many'], '--alerts takes a whole number from 1 to 500, not "many".'],
    [['--minutes', '1.5'], '--minutes takes a whole number from 1 to 120, not "1.5".'],
    [['--seed', '4294967296'], '--seed takes a whole number from 0 to 4294967295, not "4294967296".'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ])('%j is refused with what is right', (args, message) => {
    expect(() => readArguments(args, 1)).toThrow(message);
    expect(() => readArguments(args, 1)).toThrow('Usage: npm run chaos');
  });
});
