import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { splitArguments } from '../../../../local/simulator/machine/run-script.ts';
import {
  type Changes,
  getFile,
  libraryFile,
  linuxId,
  putFile,
  runScript,
  startUnderTest,
  type UnderTest,
} from '../simulator-under-test.ts';

type Transcript = { script_name: string; exit_code: number; script_output: string; script_errors: string };

async function runText(
  text: string,
  args?: string,
  changes: Changes = {},
): Promise<{ underTest: UnderTest; id: string; transcript: Transcript }> {
  const underTest = await startUnderTest({ libraryFiles: [libraryFile('s.sh', text)], ...changes });
  const id = await underTest.run(linuxId, [runScript('s.sh', args)]);
  await underTest.ended(id);
  const response = await fetch(await underTest.link(id, 0));
  const transcript: Transcript = JSON.parse(await response.text());
  return { underTest, id, transcript };
}

test('a script really runs, and its transcript has output, errors and exit code, without a preamble', async () => {
  const { transcript, underTest, id } = await runText('echo "out $((6*7))"; echo err >&2; printf "\\xff\\n"; exit 3');
  expect(transcript).toEqual({
    script_name: 's.sh',
    exit_code: 3,
    script_output: 'out 42\n\uFFFD\n',
    script_errors: 'err\n',
  });
  expect(await underTest.ended(id)).toMatchObject({
    status: 'Succeeded',
    commands: [{ commandStatus: 'Completed', errors: [] }],
  });
});

test('by a switch another exit code than 0 fails the command, and its output is still there', async () => {
  const { transcript, underTest, id } = await runText('echo partial; exit 3', undefined, { nonZeroExit: 'Failed' });
  expect(transcript).toMatchObject({ exit_code: 3, script_output: 'partial\n' });
  expect(await underTest.ended(id)).toMatchObject({
    status: 'Failed',
    commands: [{ commandStatus: 'Failed', errors: ['Script s.sh has failed with exit code 3'] }],
  });
});

test.each([
  ['plain.txt'],
  ['"; iex(New-Object Net.WebClient)'],
  ["'; rm -rf / #"],
  ['$(reboot)`reboot`$IFS'],
  ['-rf --help'],
  ['a b\tc\nd\re'],
  ['*?[!]{a,b}~'],
  ['\u202Egnp.exe'],
  ['ünïcödé 日本 🦊'],
  ['%s%n\\x41\\'],
])('a hostile file name comes through an argument of base64url unchanged: %j', async (fileName) => {
  const encoded = Buffer.from(fileName).toString('base64url');
  const { transcript } = await runText(
    'printf %s "$1" | tr -- -_ +/ | base64 -d 2>/dev/null; printf "|%s" $#',
    encoded,
  );
  expect(transcript.script_output).toBe(`${fileName}|1`);
});

test('the argument string is split at white space, by a switch at commas too, and quotes are lost', () => {
  const split = (args: string) => splitArguments(args, 'white space');
  expect(split(`one  'two three' "fo"ur\tfive `)).toEqual(['one', 'two', 'three', 'four', 'five']);
  expect(split('--noargs')).toEqual(['--noargs']);
  expect(split('  ')).toEqual([]);
  expect(split('a,b c')).toEqual(['a,b', 'c']);
  expect(splitArguments('a,b c', 'white space and commas')).toEqual(['a', 'b', 'c']);
});

test('a script sees no environment of the simulator, and starts where PutFile put', async () => {
  process.env['SIMULATOR_TEST_SECRET'] = 'SECRET';
  const underTest = await startUnderTest({
    libraryFiles: [
      libraryFile('tool.bin', 'tool'),
      libraryFile('s.sh', 'cat tool.bin; echo; env | cut -d= -f1 | sort'),
    ],
  });
  const id = await underTest.run(linuxId, [putFile('tool.bin'), runScript('s.sh')]);
  await underTest.ended(id);
  const transcript: Transcript = JSON.parse(await (await fetch(await underTest.link(id, 1))).text());
  delete process.env['SIMULATOR_TEST_SECRET'];
  expect(transcript.script_output.split('\n')).toEqual(['tool', 'HOME', 'PATH', 'PWD', 'SHLVL', '_', '']);
});

test.each([...';&|!$()'])('an argument with %s fails the command, and the script never runs', async (character) => {
  const underTest = await startUnderTest({ libraryFiles: [libraryFile('s.sh', 'touch ran')] });
  const id = await underTest.run(linuxId, [runScript('s.sh', `a${character}b`)]);
  expect(await underTest.ended(id)).toMatchObject({
    status: 'Failed',
    commands: [
      {
        commandStatus: 'Failed',
        errors: ["Please avoid using the following characters as part of scripts' parameters: ; & | ! $ ( )"],
      },
    ],
  });
  await expect(readFile(join(underTest.folder, 'machines', linuxId, 'ran'))).rejects.toThrow('ENOENT');
});

test.each([
  ['RunScript', runScript('none.sh'), 'Script none.sh was not found in the library'],
  ['PutFile', putFile('none.sh'), 'File none.sh was not found in the library'],
])('%s of a file that the library does not have fails', async (_, command, error) => {
  const { run, ended } = await startUnderTest();
  expect(await ended(await run(linuxId, [command]))).toMatchObject({
    status: 'Failed',
    commands: [{ errors: [error] }],
  });
});

test('a script that runs too long is killed with its children; the action is TimeOut and leaves no result', async () => {
  const underTest = await startUnderTest({
    libraryFiles: [libraryFile('slow.sh', 'echo started; (sleep 60; touch late) & echo $! > child; sleep 60')],
    timings: { scriptTimeoutMs: 400 },
  });
  const id = await underTest.run(linuxId, [runScript('slow.sh'), getFile('/etc/passwd')]);

  expect(await underTest.ended(id)).toMatchObject({
    status: 'TimeOut',
    commands: [{ commandStatus: 'Failed', errors: ['Script slow.sh has timed out'] }, { commandStatus: 'Created' }],
  });
  const child = Number(await readFile(join(underTest.folder, 'machines', linuxId, 'child'), 'utf8'));
  expect(await isGone(child)).toBe(true);
  expect((await underTest.get(`machineactions/${id}/GetLiveResponseResultDownloadLink(index=0)`)).status).toBe(404);
});

async function isGone(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return /\) [ZX]/.test(state);
}

test('a script that leaves a process behind ends all the same', async () => {
  const { transcript, underTest } = await runText('setsid sleep 60 & echo $! > left; echo done');
  const left = Number(await readFile(join(underTest.folder, 'machines', linuxId, 'left'), 'utf8'));
  process.kill(left);
  expect(transcript).toMatchObject({ exit_code: 0, script_output: 'done\n' });
});

test('a character that falls on the edge of a block stays whole', async () => {
  const { transcript } = await runText("printf x; printf 'é%.0s' $(seq 70000)");
  expect(transcript.script_output).toBe(`x${'é'.repeat(70_000)}`);
});

test('output is kept up to 8 MiB and the script still comes to its end', async () => {
  const { transcript } = await runText('head -c 9000000 /dev/zero | tr "\\0" x; echo end >&2');
  expect(transcript.script_output).toBe('x'.repeat(8 * 1024 * 1024));
  expect(transcript).toMatchObject({ exit_code: 0, script_errors: 'end\n' });
});

test('a file of this computer comes as gzip with its name', async () => {
  const underTest = await startUnderTest();
  const path = join(underTest.folder, 'été $(x).log');
  await writeFile(path, 'a'.repeat(100_000));
  const id = await underTest.run(linuxId, [getFile(path)]);
  expect((await underTest.ended(id)).status).toBe('Succeeded');

  const bytes = Buffer.from(await (await fetch(await underTest.link(id, 0))).arrayBuffer());

  expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x1f, 0x8b, 8, 8]));
  expect(bytes.subarray(10, bytes.indexOf(0, 10)).toString()).toBe('été $(x).log');
  expect(createHash('sha256').update(gunzipSync(bytes)).digest('hex')).toBe(
    createHash('sha256').update('a'.repeat(100_000)).digest('hex'),
  );
});

test.each([
  ['an empty file', 'empty', 'the file is empty'],
  ['a folder', 'folder', 'it is not a regular file'],
  ['a link', 'link', 'ELOOP'],
  ['a device', '/dev/null', 'it is not a regular file'],
  ['a relative path', '../etc/passwd', 'the path is not a full path'],
  ['a file over 3 GB', 'huge', 'the file is too large'],
  ['what is not there', 'none', 'ENOENT'],
])('%s cannot be got', async (_, name, why) => {
  const { folder, run, ended } = await startUnderTest();
  await writeFile(join(folder, 'empty'), '');
  await mkdir(join(folder, 'folder'));
  await symlink('/etc/passwd', join(folder, 'link'));
  await writeFile(join(folder, 'huge'), '');
  await truncate(join(folder, 'huge'), 3 * 1024 ** 3 + 1);
  const path = /^[./]/.test(name) ? name : join(folder, name);

  const action = await ended(await run(linuxId, [getFile(path)]));

  expect(action).toMatchObject({
    status: 'Failed',
    commands: [{ commandStatus: 'Failed', errors: [`Failed to get file ${path}: ${why}`] }],
  });
});

test.each([
  ['refused', 'Failed', ['it is sparse']],
  ['taken', 'Succeeded', []],
] as const)('a file without any block on disk is %s', async (sparseFiles, status, why) => {
  const { folder, run, ended } = await startUnderTest({ switches: { sparseFiles } });
  const path = join(folder, 'hole');
  await writeFile(path, '');
  await truncate(path, 100_000);
  const action = await ended(await run(linuxId, [getFile(path)]));
  expect(action.status).toBe(status);
  expect(action.commands[0]?.errors).toEqual(why.map((each) => `Failed to get file ${path}: ${each}`));
});

test('by switches arguments are split at commas too, and a forbidden character gets through', async () => {
  const switches = { argumentSeparators: 'white space and commas', forbiddenArgs: 'passed' } as const;
  const { transcript } = await runText('printf "%s|" "$@"', 'a,b;c d', { switches });
  expect(transcript.script_output).toBe('a|b;c|d|');
});

test('a script that is running when the simulator closes is killed', async () => {
  const { simulator, run, folder } = await startUnderTest({
    libraryFiles: [libraryFile('slow.sh', 'echo $$ > pid; sleep 60')],
  });
  await run(linuxId, [runScript('slow.sh')]);
  const file = join(folder, 'machines', linuxId, 'pid');
  const pid = await expect
    .poll(() => readFile(file, 'utf8').catch(() => ''), { interval: 5 })
    .toMatch(/\d+\n/)
    .then(() => readFile(file, 'utf8'));

  await simulator.close();

  expect(await isGone(Number(pid))).toBe(true);
});
