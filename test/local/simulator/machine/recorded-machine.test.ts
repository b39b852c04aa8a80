import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import type { Recording, Scenario } from '../../../../local/simulator/scenario.ts';
import { getFile, libraryFile, putFile, runScript, startUnderTest, windowsId } from '../simulator-under-test.ts';

const recording: Recording = {
  scripts: {
    'ok.ps1': { exitCode: 0, output: 'ok', errors: '' },
    'bad.ps1': { exitCode: 1, output: 'half', errors: 'boom' },
    'refused.ps1': { failure: 'Unsigned script was refused' },
  },
  files: {
    'C:\\a.bin': { content: { base64: 'AP8=' }, gzip: false },
    'C:\\b.txt': { content: { text: 'b' }, gzip: true },
    'C:\\empty': { content: { text: '' }, gzip: true },
    'C:\\huge': { content: { generated: { bytes: 3 * 1024 ** 3 + 1, seed: 's' } }, gzip: true },
    'C:\\generated': { content: { generated: { bytes: 100_000, seed: 's' } }, gzip: true },
    'C:\\locked': { failure: 'The process cannot access the file' },
  },
};
const libraryFiles = ['ok.ps1', 'bad.ps1', 'refused.ps1', 'unrecorded.ps1'].map((name) => libraryFile(name, name));
const entity = makeMachine({ id: windowsId, osPlatform: 'Windows11', computerDnsName: 'pc' });
const machines: Scenario['machines'] = [{ kind: 'recorded', entity, recording }];

test.each([
  ['a script that is refused', runScript('refused.ps1'), 'Unsigned script was refused'],
  ['a script that is not in the library', runScript('none.ps1'), 'Script none.ps1 was not found in the library'],
  [
    'a script without a recording',
    runScript('unrecorded.ps1'),
    'Script unrecorded.ps1 has no recording on this machine',
  ],
  [
    'an argument that is forbidden',
    runScript('ok.ps1', 'a;b'),
    "Please avoid using the following characters as part of scripts' parameters: ; & | ! $ ( )",
  ],
  ['a file for which the library has no bytes', putFile('none.exe'), 'File none.exe was not found in the library'],
  ['a file that is locked', getFile('C:\\locked'), 'The process cannot access the file'],
  ['a file that is empty', getFile('C:\\empty'), 'Failed to get file C:\\empty: the file is empty'],
  ['a file over 3 GB', getFile('C:\\huge'), 'Failed to get file C:\\huge: the file is too large'],
  ['a file that is not recorded', getFile('C:\\none'), 'Failed to get file C:\\none: ENOENT'],
])('%s fails its command', async (_, command, error) => {
  const { run, ended } = await startUnderTest({ machines, libraryFiles });
  const action = await ended(await run(windowsId, [command]));
  expect(action).toMatchObject({ status: 'Failed', commands: [{ commandStatus: 'Failed', errors: [error] }] });
});

test.each([
  ['Completed', 'Succeeded', []],
  ['Failed', 'Failed', ['Script bad.ps1 has failed with exit code 1']],
] as const)('an exit code of 1 makes the command %s, with its result', async (nonZeroExit, status, errors) => {
  const switches = { transcriptLineBreak: 'escaped' } as const;
  const { run, ended, link } = await startUnderTest({ machines, libraryFiles, nonZeroExit, switches });
  const id = await run(windowsId, [runScript('bad.ps1')]);
  expect(await ended(id)).toMatchObject({ status, commands: [{ commandStatus: nonZeroExit, errors }] });
  const transcript: unknown = await (await fetch(await link(id, 0))).json();
  expect(transcript).toMatchObject({ exit_code: 1, script_errors: 'boom' });
});

test('files come as recorded: raw, packed, or generated', async () => {
  const { run, ended, link } = await startUnderTest({ machines, libraryFiles });
  const id = await run(windowsId, [getFile('C:\\a.bin'), getFile('C:\\b.txt'), getFile('C:\\generated')]);
  expect((await ended(id)).status).toBe('Succeeded');
  const read = async (index: number) => Buffer.from(await (await fetch(await link(id, index))).arrayBuffer());

  expect(await read(0)).toEqual(Buffer.from([0, 255]));
  expect(gunzipSync(await read(1)).toString()).toBe('b');
  expect(gunzipSync(await read(2))).toHaveLength(100_000);
});
