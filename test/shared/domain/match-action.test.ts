import { expect, it } from 'vitest';
import type { Command } from '../../../shared/domain/command.ts';
import type { ActionCommand, MachineAction } from '../../../shared/domain/machine-action.ts';
import { matchAction } from '../../../shared/domain/match-action.ts';

const commands: readonly Command[] = [
  { type: 'PutFile', fileName: 'tool.zip' },
  { type: 'RunScript', scriptName: 'triage.ps1', args: 'e30' },
  { type: 'RunScript', scriptName: 'plain.ps1', args: '' },
  { type: 'GetFile', path: 'C:\\x.zip', madeBy: 1 },
];
const created = (index: number, type: string, parameters: Readonly<Record<string, string>>): ActionCommand => ({
  index,
  type,
  parameters,
  status: 'Created',
  startedAt: null,
  endedAt: null,
  errors: [],
});
const seen: readonly ActionCommand[] = [
  created(0, 'PutFile', { filename: 'tool.zip' }),
  created(1, 'RunScript', { scriptname: 'triage.ps1', args: 'e30' }),
  created(2, 'RunScript', { scriptname: 'plain.ps1' }),
  created(3, 'GetFile', { path: 'C:\\x.zip' }),
];
const ours: MachineAction = {
  id: 'x',
  status: 'Pending',
  machineId: 'ABC',
  comment: 'ours',
  requestor: 'collector',
  requestSource: 'PublicApi',
  createdAt: null,
  commands: seen,
};
const expected = { machineId: 'abc', comment: 'ours', commands, requestor: 'collector' };
const change = (index: number, changes: Partial<ActionCommand>) =>
  seen.map((command) => (command.index === index ? { ...command, ...changes } : command));

it.each<readonly [string, Partial<MachineAction>]>([
  ['as it was sent', {}],
  ['with its commands in another order', { commands: [...seen].reverse() }],
  ['where Defender names neither requestor nor source', { requestor: null, requestSource: null }],
  ['with the source in another case', { requestSource: 'publicapi' }],
])('an action %s is ours', (_, changes) => {
  expect(matchAction({ ...ours, ...changes }, expected)).toEqual({ match: 'ours' });
});

it('before Defender has named us once, a requestor tells nothing', () => {
  expect(matchAction({ ...ours, requestor: 'anybody' }, { ...expected, requestor: null })).toEqual({ match: 'ours' });
});

it.each<readonly [string, Partial<MachineAction>, string]>([
  ['another machine', { machineId: 'abd' }, 'machine'],
  ['another script', { commands: change(1, { parameters: { scriptname: 'evil.ps1', args: 'e30' } }) }, 'commands'],
  ['other arguments', { commands: change(1, { parameters: { scriptname: 'triage.ps1', args: 'e31' } }) }, 'commands'],
  [
    'arguments where none were sent',
    { commands: change(2, { parameters: { scriptname: 'plain.ps1', args: 'x' } }) },
    'commands',
  ],
  ['another path', { commands: change(3, { parameters: { path: 'C:\\y.zip' } }) }, 'commands'],
  ['another kind of command', { commands: change(3, { type: 'RunScript' }) }, 'commands'],
  ['a command more', { commands: [...seen, created(4, 'GetFile', { path: 'C:\\z' })] }, 'commands'],
  ['a command less', { commands: seen.slice(1) }, 'commands'],
  ['no commands at all', { commands: [] }, 'commands'],
  ['another requestor', { requestor: 'eve' }, 'requestor'],
  ['a source that is not the API', { requestSource: 'Portal' }, 'request source'],
])('one that carries our comment and has %s pretends', (_, changes, what) => {
  expect(matchAction({ ...ours, ...changes }, expected)).toEqual({ match: 'pretends', what });
});

it("one with another comment is somebody else's, whatever else it has", () => {
  expect(matchAction({ ...ours, comment: 'Ours' }, expected)).toEqual({ match: "somebody else's" });
});
