import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newCollection } from '../library/script-contract.ts';

const wrapper = new URL('../../profiles/examples/uac-collector.sh', import.meta.url);
const folderOf = (collection: string) => `/var/tmp/evidence-collector-${collection}-999`;

/** The wrapper with a stand-in for UAC behind it, built as docs/profiles.md says. */
async function build(folder: string, uac: string): Promise<string> {
  await mkdir(join(folder, 'uac-9.9.9'));
  await writeFile(join(folder, 'uac-9.9.9', 'uac'), `#!/bin/sh\n${uac}`);
  execFileSync('tar', ['-czf', 'uac.tar.gz', 'uac-9.9.9'], { cwd: folder });
  const payload = execFileSync('base64', ['uac.tar.gz'], { cwd: folder, encoding: 'utf8' });
  const script = join(folder, 'uac-collector.sh');
  await writeFile(script, (await readFile(wrapper, 'utf8')) + payload);
  await chmod(script, 0o600);
  return script;
}

const run = (shell: string, script: string, ...args: string[]) =>
  spawnSync(shell, [script, ...args], { encoding: 'utf8' });

describe.concurrent.each(['bash', 'dash'])('the wrapper of UAC, in %s', (shell) => {
  test('starts it, waits for it, and leaves its archive alone', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'uac-'));
    const collection = `${newCollection()}-r2`;
    onTestFinished(async () => {
      for (const path of [folder, folderOf(collection)]) await rm(path, { recursive: true, force: true });
    });
    const script = await build(
      folder,
      '[ "$1" = -p ] && [ -d "$3" ] && printf "%s" "$2" >"$3/uac-host-linux.tar.gz"; pwd',
    );
    expect(run(shell, script, 'start', collection, 'ir_triage')).toMatchObject({
      status: 0,
      stdout: 'UAC was started.\n',
    });
    expect((await stat(folderOf(collection))).mode & 0o777).toBe(0o700);
    expect(run(shell, script, 'start', collection, 'ir_triage')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('it is there already'),
    });
    const fetched = run(shell, script, 'fetch', collection);
    expect(fetched.stdout).toMatch(/^UAC ended with code 0\. SHA-256 of the archive: [0-9a-f]{64} {2}-\n$/);
    expect(fetched.status).toBe(0);
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    expect(await readFile(`${folderOf(collection)}/evidence.tar.gz`, 'utf8')).toBe('ir_triage');
  });

  test('that leaves no archive keeps nothing, and says what UAC said', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'uac-'));
    const collection = newCollection();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const script = await build(folder, 'echo "no such profile"; exit 3');
    run(shell, script, 'start', collection, 'ir_triage');
    expect(run(shell, script, 'fetch', collection)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/no such profile[\s\S]*code 3 and left no single archive/),
    });
    await expect(stat(folderOf(collection))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    { what: 'a collection that climbs', args: ['start', '../../etc', 'ir_triage'] },
    { what: 'a collection that is a command', args: ['fetch', '$(touch pwned)'] },
    { what: 'a collection with more behind it', args: ['fetch', `${'0'.repeat(32)}-x1`] },
    { what: 'a profile that is an option', args: ['start', '0'.repeat(32), '--help'] },
    { what: 'a profile with a path', args: ['start', '0'.repeat(32), '../x'] },
    { what: 'nothing', args: [] },
    { what: 'a fetch of nothing', args: ['fetch', 'f'.repeat(32)] },
  ])('refuses $what', async ({ args }) => {
    const { status, stdout } = spawnSync(shell, [wrapper.pathname, ...args], { encoding: 'utf8' });
    expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringMatching(/^uac-collector: /) });
    for (const id of ['0', 'f']) await expect(stat(folderOf(id.repeat(32)))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('without UAC behind it keeps nothing', async () => {
    const collection = newCollection();
    expect(run(shell, wrapper.pathname, 'start', collection, 'ir_triage')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('could not be unpacked'),
    });
    await expect(stat(folderOf(collection))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
