import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endScript, removeAll, runScript, sha256, startScript, unpack } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection, readAnswer } from './script-contract.ts';
import { copyWithStubs } from './script-stubs.ts';

const timeout = 300_000;
const threat = '4bb0b2a4-0d2b-4d1c-9a54-0123456789ab';
type WhenDone = (act: () => Promise<void>) => void;

/** A stand-in for mdatp: notes each call, keeps exclusions in a file, restores as the test wants it. */
function mdatp(folder: string, path: string, restore: string, removal = 'grep -v -x -F -- "$5" "$f/excluded"'): string {
  return `f='${folder}'
printf '%s\\n' "$*" >>"$f/calls"
case "$1 $2 $3" in
  'threat quarantine list') printf 'Id: "other"\\n    "/somewhere/else"\\nId: "${threat}"\\nName: Trojan:Linux/X\\n    "%s"\\n' '${path}' ;;
  'exclusion folder add') printf '%s\\n' "$5" >>"$f/excluded" ;;
  'exclusion folder remove') ${removal} >"$f/left"; cat "$f/left" >"$f/excluded" ;;
  'exclusion list '*|'exclusion list') cat "$f/excluded" ;;
  'threat quarantine restore') ${restore} ;;
esac
`;
}

async function prepare(whenDone: WhenDone, restore: string, removal?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'quarantine-'));
  const collection = newCollection();
  whenDone(() => removeAll([folder, folderOf(collection)]));
  const path = join(folder, 'virus found $(id)');
  const stubs = { mdatp: mdatp(folder, path, restore, removal) };
  const script = await copyWithStubs('evidence-alerted-files.sh', folder, stubs);
  const files = [{ path, sha256: sha256('virus') }, { path: join(folder, 'unknown') }];
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  const request = (options: string[]) => encodeRequest({ collection, files, options });
  return { folder, collection, path, script, calls, request, excluded: `${folderOf(collection)}/restored` };
}

const newer = `[ "$4" = threat-id ] && printf virus >"$8/restored file"`;
const older = `[ "$4" = --id ] && printf virus >"$7/restored file"`;

describe.concurrent('what Defender has in quarantine', () => {
  test('is said without the option, and nothing is changed', { timeout }, async ({ onTestFinished }) => {
    const { collection, script, calls, request } = await prepare(onTestFinished, newer);
    const { answer } = await runScript('dash', [encodeRequest({ collection, files: [] })], { script });
    expect(answer.ok).toBe(true);
    await removeAll([folderOf(collection)]);
    const second = await runScript('dash', [request(['other'])], { script });
    expect(second.answer.files).toMatchObject([
      { status: 'absent', verdict: 'quarantined', sha256: null },
      { status: 'absent', verdict: 'gone' },
    ]);
    expect(new Set(await calls())).toEqual(new Set(['threat quarantine list']));
    const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(index.rows.find((row) => row.request?.index === 0)?.reason).toMatch(/option restore-quarantine/);
    expect(index.rows.find((row) => row.category === 'option')).toMatchObject({ source: 'other', status: 'skipped' });
  });

  test.for([
    { shell: 'bash', form: 'newer', restore: newer },
    { shell: 'dash', form: 'older', restore: older },
  ])(
    'is restored into our folder by the $form form, under an exclusion that goes',
    { timeout },
    async ({ shell, restore }, { onTestFinished }) => {
      const { folder, collection, script, calls, request, excluded, path } = await prepare(onTestFinished, restore);
      const { run, answer } = await runScript(shell, [request(['restore-quarantine'])], { script });
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(answer.files).toMatchObject([
        { status: 'collected', verdict: 'quarantined', sha256: sha256('virus'), bytes: 5 },
        { status: 'absent', verdict: 'gone' },
      ]);
      const made = await calls();
      const order = ['exclusion folder add', 'threat quarantine restore', 'exclusion folder remove', 'exclusion list'];
      expect(order.map((start) => made.findIndex((call) => call.startsWith(start)))).toEqual(
        order.map((start) => made.findIndex((call) => call.startsWith(start))).toSorted((a, b) => a - b),
      );
      expect(made).toContain(`exclusion folder add --path ${excluded}`);
      expect(await readFile(join(folder, 'excluded'), 'utf8')).toBe('');
      await expect(lstat(path)).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(lstat(excluded)).rejects.toMatchObject({ code: 'ENOENT' });
      const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
      expect(index.rows.find((row) => row.request?.index === 0)).toMatchObject({ stored: 'files/0' });
    },
  );

  test('that comes back to its old place is quarantined again, and that is said', { timeout }, async ({
    onTestFinished,
  }) => {
    const { script, calls, request, collection, path } = await prepare(
      onTestFinished,
      'printf virus >"$f/virus found \\$(id)"',
    );
    const { answer } = await runScript('dash', [request(['restore-quarantine'])], { script });
    expect(answer.files[0]).toMatchObject({ status: 'absent', verdict: 'quarantined' });
    expect(await calls()).toContain(`threat quarantine add --id ${threat}`);
    expect((await calls()).filter((call) => call.startsWith('threat quarantine restore'))).toHaveLength(1);
    const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(index.rows.find((row) => row.request?.index === 0)?.reason).toMatch(/told to quarantine it again/);
    expect((await lstat(path)).size).toBe(5);
  });

  test('an exclusion that stays is a failed row that says what to run', { timeout }, async ({ onTestFinished }) => {
    const { script, request, collection, excluded } = await prepare(onTestFinished, newer, 'cat "$f/excluded"');
    const { answer } = await runScript('bash', [request(['restore-quarantine'])], { script });
    expect(answer.files[0]).toMatchObject({ status: 'collected', verdict: 'quarantined' });
    const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(index.rows.filter((row) => row.status === 'failed')).toMatchObject([
      {
        category: 'defender',
        reason: expect.stringContaining(`Run: mdatp exclusion folder remove --path ${excluded}`),
      },
    ]);
    expect(index.rows.map((row) => row.id)).toEqual(index.rows.map((_, index) => index + 1));
  });

  test.for([
    { how: 'a signal', limitSeconds: 60 },
    { how: 'its time', limitSeconds: 10 },
  ])(
    'a script that is ended by $how while it restores leaves no exclusion',
    { timeout },
    async ({ how, limitSeconds }, { onTestFinished }) => {
      const { folder, script, collection, path } = await prepare(onTestFinished, ': >"$f/restoring"; sleep 300');
      const ask = { collection, limitSeconds, files: [{ path }], options: ['restore-quarantine'] };
      const child = startScript('dash', [encodeRequest(ask)], { script });
      const ended = endScript(child);
      while ((await lstat(join(folder, 'restoring')).catch(() => undefined)) === undefined) {
        await new Promise((done) => setTimeout(done, 20));
      }
      expect(await readFile(join(folder, 'excluded'), 'utf8')).not.toBe('');
      if (how === 'a signal') child.kill('SIGTERM');
      const run = await ended;
      expect(readAnswer(run.stdout)).toMatchObject({ ok: how !== 'a signal' });
      expect(await readFile(join(folder, 'excluded'), 'utf8')).toBe('');
      expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(folder);
    },
  );
});
