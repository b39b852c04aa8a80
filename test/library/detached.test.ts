import { access, lstat, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesIn, removeAll, runScript, sha256, unixLibrary, unpack } from './linux-machine.ts';
import { encodeRequest, encodeText, folderOf, newCollection } from './script-contract.ts';
import { copyWithStubs } from './script-stubs.ts';

const timeout = 300_000;
const starter = join(unixLibrary, 'evidence-alerted-files.sh');
const harvester = join(unixLibrary, 'evidence-harvest.sh');

function harvestRequest(collection: string, limitSeconds = 100): string {
  return encodeRequest({
    collection,
    session: 1,
    archive: `${folderOf(collection, 0)}/evidence.tar.gz`,
    limitSeconds,
  });
}

/** Waits until the detached work has left its mark. */
async function waitFor(path: string): Promise<void> {
  while (
    await access(path).then(
      () => false,
      () => true,
    )
  ) {
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe.concurrent.each(['bash', 'dash'])('detached work, in %s', (shell) => {
  test('the start answers at once, the harvest with the archive, and nothing else is left', { timeout }, async ({
    onTestFinished,
  }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'detached-'));
    onTestFinished(() => removeAll([folder, folderOf(collection)]));
    const path = join(folder, 'a "file"\n$(id)');
    await writeFile(path, 'content');
    const ask = { collection, files: [{ path }, { path: '/nowhere' }], options: ['detached'], limitSeconds: 3600 };
    const started = await runScript(shell, [encodeRequest(ask)], { script: starter });
    expect(started.run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(started.answer).toMatchObject({ ok: true, archive: null, items: 0 });
    // Whatever the work has come to meanwhile, the start does not look into its folder.
    expect(started.answer.files.map(({ status }) => status)).toEqual(['skipped', 'skipped']);
    const promised = Date.parse(started.answer.detached?.until ?? '') - Date.parse(started.answer.startedAt);
    expect(promised).toBeGreaterThanOrEqual(3_600_000);
    expect((await stat(folderOf(collection))).mode & 0o777).toBe(0o700);

    const { run, answer } = await runScript(shell, [harvestRequest(collection)], { script: harvester });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const archive = `${folderOf(collection)}/evidence.tar.gz`;
    const bytes = await readFile(archive);
    expect(answer).toMatchObject({
      ok: true,
      script: { sha256: sha256(await readFile(harvester)) },
      archive: { path: archive, bytes: bytes.length, sha256: sha256(bytes) },
      items: 1,
      errors: 0,
      files: [
        { path: encodeText(path), status: 'collected', sha256: sha256('content') },
        { path: encodeText('/nowhere'), status: 'absent', verdict: 'gone' },
      ],
      detached: { until: started.answer.detached?.until, script: sha256(await readFile(starter)) },
    });
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    expect(await processesIn(folderOf(collection))).toEqual([]);
    const { index } = await unpack(archive, onTestFinished);
    expect(index).toMatchObject({ collection, session: 0 });
  });

  test('a harvest before the end touches nothing and says when to come again; work that was killed is said to be', {
    timeout,
  }, async ({ onTestFinished }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'detached-'));
    onTestFinished(() => removeAll([folder, folderOf(collection)]));
    const script = await copyWithStubs('evidence-alerted-files.sh', folder, {
      mdatp: `: >'${folder}/asked'; exec sleep 300`,
    });
    const ask = { collection, files: [], options: ['detached'], limitSeconds: 3600 };
    const { answer: started } = await runScript(shell, [encodeRequest(ask)], { script });
    await waitFor(join(folder, 'asked'));
    const pid = Number(await readFile(`${folderOf(collection)}/pid`, 'utf8'));

    const early = await runScript(shell, [harvestRequest(collection, 10)], { script: harvester });
    expect(early.answer).toMatchObject({ ok: false, archive: null });
    expect(early.answer.reason).toContain(`has not ended; it does by ${started.detached?.until}`);
    process.kill(pid, 0);

    // It is in a session of its own; with it goes what it started.
    process.kill(-pid, 'SIGKILL');
    const late = await runScript(shell, [harvestRequest(collection)], { script: harvester });
    expect(late.answer).toMatchObject({
      ok: false,
      archive: null,
      reason: expect.stringMatching(/ended without an answer/),
    });
    await expect(lstat(folderOf(collection))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a harvest of nothing, of a folder of another kind, and of one that is not ours is refused', {
    timeout,
  }, async ({ onTestFinished }) => {
    const collection = newCollection();
    onTestFinished(() => removeAll([folderOf(collection)]));
    const nothing = await runScript(shell, [harvestRequest(collection)], { script: harvester });
    expect(nothing.answer.reason).toMatch(/nothing was started detached there/);
    await runScript(shell, [encodeRequest({ collection, files: [] })], { script: starter });
    const plain = await runScript(shell, [harvestRequest(collection)], { script: harvester });
    expect(plain.answer.reason).toMatch(/holds no detached work/);
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    const elsewhere = encodeRequest({ collection, session: 1, archive: '/etc/evidence-collector-0/evidence.tar.gz' });
    const strayed = await runScript(shell, [elsewhere], { script: harvester });
    expect(strayed.answer.reason).toMatch(/only place allowed/);
  });
});
