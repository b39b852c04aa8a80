import { createReadStream } from 'node:fs';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkPackages } from '../../bench/chaos/check-packages.ts';
import { hashGzip } from '../../local/verify/hash-file.ts';
import { buildPackage } from '../local/verify/build-package.ts';
import { collectionOf, ID, MACHINE } from './chaos-samples.ts';

async function prepare(changes: { readonly archive?: string; readonly tamper?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-packages-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const built = buildPackage();
  const archive = join(built, 'data/0-1-getfile/content');
  const { content } = await hashGzip(async () => createReadStream(archive), Number.MAX_SAFE_INTEGER);
  const archives = new Map([[MACHINE, changes.archive ?? content?.sha256 ?? '']]);
  const fetchInto = async (_id: string, own: string) => {
    await cp(built, own, { recursive: true });
    if (changes.tamper !== undefined) await appendFile(join(own, changes.tamper), 'x');
    return 11;
  };
  return { folder, fetchInto, archives };
}

it('finds nothing in a package that is intact and holds its machine’s archive', async () => {
  expect(await checkPackages([collectionOf()], await prepare())).toEqual({ intact: 1, files: 11, findings: [] });
});

it('finds a package that was changed', async () => {
  const { intact, findings } = await checkPackages([collectionOf()], await prepare({ tamper: 'report.html' }));
  expect([intact, findings[0]?.where]).toEqual([0, `package ${ID}, report.html`]);
});

it('finds a package with the archive of another machine', async () => {
  const { intact, findings } = await checkPackages([collectionOf()], await prepare({ archive: '0'.repeat(64) }));
  expect([intact, findings]).toEqual([
    0,
    [{ what: 'It does not hold the archive of its machine.', where: `package ${ID}` }],
  ]);
});

it('fetches no package of a collection that has none', async () => {
  const merged = collectionOf({ status: 'merged', sealed: null });
  expect(await checkPackages([merged], await prepare())).toEqual({ intact: 0, files: 0, findings: [] });
});
