import type { Limits } from '../scenario.ts';
import type { Switches } from '../switches.ts';

/** Why an argument string is refused, and whether already with the request (400) or by the command on the machine. */
export type ArgumentRefusal = { at: 'request' | 'command'; why: string };

/** What is wrong with a script's arguments, by the switches; undefined if nothing is. The forbidden characters are told in Defender's own words. */
export function refuseArguments(
  args: string | undefined,
  limits: Pick<Limits, 'argsCharacters'>,
  switches: Pick<Switches, 'forbiddenArgs' | 'longArgs'>,
): ArgumentRefusal | undefined {
  const text = args ?? '';
  if (text.length > limits.argsCharacters) {
    const why = `Script parameters exceed the maximum length of ${limits.argsCharacters} characters`;
    return { at: switches.longArgs === 'refused' ? 'request' : 'command', why };
  }
  if (switches.forbiddenArgs === 'passed' || !/[;&|!$()]/.test(text)) return undefined;
  const why = "Please avoid using the following characters as part of scripts' parameters: ; & | ! $ ( )";
  return { at: switches.forbiddenArgs === 'refused' ? 'request' : 'command', why };
}
