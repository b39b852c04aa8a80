import * as z from 'zod';
import type { CommandEntity } from '../machine-action.ts';
import type { Switches } from '../switches.ts';
import type { Command } from './command.ts';

const paramsSchema = z.array(z.strictObject({ key: z.string(), value: z.string() })).min(1);
const commandSchema = z.strictObject({ type: z.string(), params: paramsSchema });

/** Reads the `Commands` of a request: keys as documented, case-sensitive; types in order and no empty Args, unless the switches say otherwise. */
export function readCommands(
  value: unknown,
  switches: Pick<Switches, 'commandOrder' | 'emptyArgs'>,
): { kind: 'commands'; commands: Command[]; raw: CommandEntity['command'][] } | { kind: 'malformed' } {
  const raw = z.array(commandSchema).min(1).safeParse(value);
  if (!raw.success) return { kind: 'malformed' };
  const commands = raw.data.map(readCommand).filter((command) => command !== undefined);
  const ranks = commands.map((command) => ['PutFile', 'RunScript', 'GetFile'].indexOf(command.type));
  const isOrdered = ranks.every((rank, place) => rank >= (ranks[place - 1] ?? 0));
  if (commands.length < raw.data.length) return { kind: 'malformed' };
  if (!isOrdered && switches.commandOrder === 'checked') return { kind: 'malformed' };
  if (commands.some(hasEmptyArgs) && switches.emptyArgs === 'refused') return { kind: 'malformed' };
  return { kind: 'commands', commands, raw: raw.data };
}

function hasEmptyArgs(command: Command): boolean {
  return command.type === 'RunScript' && command.args === '';
}

function readCommand(command: z.infer<typeof commandSchema>): Command | undefined {
  const params = new Map(command.params.map(({ key, value }) => [key, value]));
  const has = (...keys: string[]): boolean =>
    params.size === command.params.length && [...params.keys()].every((key) => keys.includes(key));
  const [fileName, scriptName, path] = ['FileName', 'ScriptName', 'Path'].map((key) => params.get(key) || undefined);
  if (command.type === 'PutFile' && fileName !== undefined && has('FileName')) return { type: 'PutFile', fileName };
  if (command.type === 'GetFile' && path !== undefined && has('Path')) return { type: 'GetFile', path };
  if (command.type !== 'RunScript' || scriptName === undefined || !has('ScriptName', 'Args')) return undefined;
  return { type: 'RunScript', scriptName, args: params.get('Args') };
}
