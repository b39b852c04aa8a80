import { expect, it } from 'vitest';
import { readAction } from '../../../shared/defender/read-action.ts';

const LINK =
  'https://account.blob.core.windows.net/investigation-actions-data/x?se=2026-11-21T00%3A00%3A00Z&sp=r&sig=SECRET';

it('I7: a link in the errors of a command is not passed on, the rest of the sentence is', () => {
  const body = {
    id: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
    status: 'Failed',
    machineId: '1e5bc9d7e413ddd7902c2932e418702b84d0cc07',
    requestorComment: null,
    commands: [
      {
        index: 0,
        commandStatus: 'Failed',
        errors: [`Upload to ${LINK} failed`, '\u202Ereversed\u0000'],
        command: { type: 'GetFile', params: [] },
      },
    ],
  };
  const action = readAction(body, 'get machine action', 200);
  const errors = action.commands.flatMap((command) => command.errors);
  expect(errors[0]).toMatch(/^Upload to .* failed$/);
  expect(JSON.stringify(action)).not.toMatch(/SECRET|sig=|blob\.core/);
  expect(errors[1]).toBe('reversed');
});
