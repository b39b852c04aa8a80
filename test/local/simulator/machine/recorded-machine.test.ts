import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import { fileFailures } from '../../../../local/simulator/machine/recorded-file.ts';
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
    'C:\\locked': { failure: fileFailures.locked },
    'C:\\sparse': { failure: fileFailures.sparse },
    'C:\\link': { failure: fileFailures['reparse point'] },
    'C:\\cloud': { failure: fileFailures['in the cloud'] },
    'C:\\gone': { failure: fileFailures.missing },
    'C:\\nameless': { content: { text: 'n' }, gzip: true, gzipName: null },
    'C:\\misnamed': { content: { text: 'm' }, gzip: true, gzipName: '../../etc/passwd' },
    'C:\\nameless generated': { content: { generated: { bytes: 70_000, seed: 's' } }, gzip: true, gzipName: null },
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
  [
    'a file that is locked',
    getFile('C:\\locked'),
    'The process cannot access the file because it is being used by another process',
  ],
  ['a file that is sparse', getFile('C:\\sparse'), 'The file is sparse'],
  ['a file that is a link', getFile('C:\\link'), 'The file is a reparse point'],
  ['a file that is only in the cloud', getFile('C:\\cloud'), 'The cloud file provider is not running'],
  ['a file that is gone', getFile('C:\\gone'), 'The system cannot find the file specified'],
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

test('the header of a gzip names no file, or another than was asked for', async () => {
  const { run, ended, link } = await startUnderTest({ machines, libraryFiles });
  const paths = ['C:\\nameless', 'C:\\misnamed', 'C:\\nameless generated'];
  const id = await run(windowsId, paths.map(getFile));
  expect((await ended(id)).status).toBe('Succeeded');
  const read = async (index: number) => Buffer.from(await (await fetch(await link(id, index))).arrayBuffer());
  const [nameless, misnamed, generated] = [await read(0), await read(1), await read(2)];

  expect([nameless[3], gunzipSync(nameless).toString()]).toEqual([0, 'n']);
  expect(misnamed[3]).toBe(8);
  expect(misnamed.subarray(10, misnamed.indexOf(0, 10)).toString()).toBe('../../etc/passwd');
  expect([generated[3], gunzipSync(generated).length]).toEqual([0, 70_000]);
});

test('a result of a script may be gzip, and JSON as it should be', async () => {
  const switches = { transcriptEncoding: 'gzip', transcriptLineBreak: 'escaped' } as const;
  const { run, ended, link } = await startUnderTest({ machines, libraryFiles, switches });
  const id = await run(windowsId, [runScript('ok.ps1')]);
  await ended(id);
  const bytes = Buffer.from(await (await fetch(await link(id, 0))).arrayBuffer());
  expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({
    script_output: expect.stringMatching(/^Transcript started, output file is .*\.txt\nok\n\0\0\0$/),
  });
});
