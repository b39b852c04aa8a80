import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { getFile, libraryFile, linuxId, runScript, startUnderTest } from './simulator-under-test.ts';

test('closing removes the archive that its script left and GetFile named, and no other folder', async () => {
  const tag = randomBytes(6).toString('hex');
  const [before, own, unnamed, linked, other] = ['1', '2', '3', '4']
    .map((n) => `/var/tmp/evidence-collector-${tag}-${n}`)
    .concat(`/var/tmp/elsewhere-${tag}`);
  if (before === undefined || own === undefined || unnamed === undefined || linked === undefined || other === undefined)
    throw new Error();
  onTestFinished(async () => {
    for (const path of [before, own, unnamed, linked, other]) await rm(path, { recursive: true, force: true });
  });
  await mkdir(before);
  await writeFile(`${before}/a`, 'a');
  const script = [own, unnamed, other].map((path) => `mkdir ${path}; echo x > ${path}/a`).join('\n');
  const { simulator, run, ended } = await startUnderTest({ libraryFiles: [libraryFile('s.sh', script)] });
  await symlink(other, linked);
  const paths = [`${before}/a`, `${own}/a`, `${linked}/a`, `${other}/a`];
  expect((await ended(await run(linuxId, [runScript('s.sh'), ...paths.map(getFile)]))).status).toBe('Succeeded');

  await simulator.close();

  expect([before, own, unnamed, linked, other].map(existsSync)).toEqual([true, false, true, true, true]);
});
