import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RelatedFile } from '../../shared/domain/alert.ts';
import { encodeRequest, placeArchive, readRequestedFiles } from '../../shared/domain/script-request.ts';
import { readTranscript } from '../../shared/domain/transcript.ts';
import { getFile, linuxId, runScript, startUnderTest } from '../local/simulator/simulator-under-test.ts';
import { makeCorpus } from './corpus.ts';
import { removeAll, sha256, unixLibrary } from './linux-machine.ts';
import { encodeText, folderOf, newCollection, readAnswer } from './script-contract.ts';

const scriptName = 'evidence-alerted-files.sh';

/** The test of a corpus of hostile names, links, FIFOs and folders on their way from an alert through live response and back. */
export function testCorpus(shell: string, count: number): void {
  test(`${count} hostile names go from an alert through live response to the script in ${shell} and back, unchanged, and only as base64url`, {
    timeout: 600_000,
  }, async ({ onTestFinished }) => {
    const corpus = makeCorpus().slice(0, count);
    expect(corpus).toHaveLength(count);
    const folder = await mkdtemp(join(tmpdir(), 'c-'));
    // Live response runs a script in bash, which can hand over.
    const script = join(unixLibrary, scriptName);
    const text = shell === 'bash' ? await readFile(script, 'utf8') : `exec ${shell} '${script}' "$@"`;
    const file = { fileName: scriptName, text, description: null, createdBy: 'admin', hasParameters: true };
    const underTest = await startUnderTest({
      libraryFiles: [{ ...file, creationTime: '2026-01-01T00:00:00.1234567Z' }],
    });
    const collectionId = newCollection();
    const sums = new Map<string, string>();
    let waiting: RelatedFile[] = [];
    for (const [index, name] of corpus.entries()) {
      const path = join(folder, name);
      await writeFile(path, `content ${index}`);
      sums.set(encodeText(path), sha256(`content ${index}`));
      waiting.push({ path, sha256: sha256(`content ${index}`), sha1: null, md5: null, sizeBytes: null });
    }
    // Nothing of these is read, and nothing waits for them.
    const odd = new Set(['a fifo', 'a "link"', '$(a folder)'].map((name) => join(folder, name)));
    const [fifo = '', link = '', inner = ''] = odd;
    execFileSync('mkfifo', [fifo]);
    await symlink('/etc/passwd', link);
    await mkdir(inner);
    for (const path of odd) waiting.push({ path, sha256: null, sha1: null, md5: null, sizeBytes: null });
    const found = new Map<string, string | null>();
    for (let session = 0; waiting.length > 0; session += 1) {
      onTestFinished(() => removeAll([folderOf(collectionId, session)]));
      const archive = placeArchive('linux', collectionId, session, 'evidence.tar.gz');
      const limits = { limitBytes: 52_428_800, limitSeconds: 400 };
      const { argument } = encodeRequest({ collectionId, session, archive, ...limits, files: waiting });
      expect(argument).toMatch(/^[A-Za-z0-9_-]{1,8000}$/);
      const asked = new Set(readRequestedFiles(argument).map((one) => one.path));
      expect(asked.size).toBeGreaterThan(0);
      waiting = waiting.filter((one) => !asked.has(one.path ?? ''));

      const id = await underTest.run(linuxId, [runScript(scriptName, argument), getFile(archive)]);
      for (;;) {
        const action = underTest.simulator.actions().find((one) => one.id === id);
        if (action?.status !== 'Pending' && action?.status !== 'InProgress') break;
        await new Promise((done) => setTimeout(done, 50));
      }
      const action = await underTest.ended(id);
      expect(action.commands.map((one) => one.commandStatus)).toEqual(['Completed', 'Completed']);
      const values = action.commands.flatMap((one) => one.command.params.map(({ value }) => value));
      expect(values).toEqual([scriptName, argument, archive]);
      const transcript = readTranscript(await (await fetch(await underTest.link(id, 0))).text());
      expect(transcript).toMatchObject({ exitCode: 0, answer: 'ok', errors: '' });
      for (const answered of readAnswer(transcript.output).files) {
        if (odd.has(Buffer.from(answered.path, 'base64url').toString())) {
          expect(answered).toMatchObject({ status: 'not a regular file', sha256: null });
          odd.delete(Buffer.from(answered.path, 'base64url').toString());
          continue;
        }
        expect(answered).toMatchObject({ status: 'collected', verdict: 'same' });
        found.set(answered.path, answered.sha256);
      }
    }
    expect(found).toEqual(sums);
    expect([...odd]).toEqual([]);
    expect((await readdir(folder)).toSorted()).toEqual([...corpus, 'a fifo', 'a "link"', '$(a folder)'].toSorted());
    await removeAll([folder]);
  });
}
