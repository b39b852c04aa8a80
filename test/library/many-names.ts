import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareCases } from './case-script.ts';
import { hostileNames } from './hostile-names.ts';
import { processesIn, removeAll, runScript, sha256, unpack } from './linux-machine.ts';
import { readQuotedNames } from './quoted-names.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';

const mostTaken = 20;

/** Different names of scripts below a web root, in bytes as latin1 text: hostile ones, some in folders with such names, some no UTF-8. */
function makeNames(count: number): string[] {
  const short = hostileNames.filter((name) => Buffer.byteLength(name) < 100).map(toLatin1);
  return Array.from({ length: count }, (_, index) => {
    const name = short[index % short.length] ?? '';
    const bytes = index % 7 === 0 ? '\xff\xfe\x80' : '';
    const folder = index % 5 === 0 ? `${short[(index * 3) % short.length]} d/` : '';
    return `${folder}${name}${bytes}${index}.php`;
  });
}

const toLatin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** Writes files, by their names as latin1 text, below a folder. */
function plant(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const path = Buffer.from(`${folder}/${name}`, 'latin1');
    mkdirSync(path.subarray(0, path.lastIndexOf('/')), { recursive: true });
    writeFileSync(path, `<?php // ${sha256(name)}`);
  }
}

/** The files below a folder, by their names as latin1 text. */
function listNames(folder: string): string[] {
  const found = execFileSync('find', [folder, '-type', 'f', '-print0'], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  return found.split('\0').slice(0, -1);
}

/**
 * The tests of a folder with so many hostile names that a web server serves, and of a second with a few, gone through for a
 * web shell: each name comes back unchanged, or a row says why it does not; nothing is run.
 */
export function testManyNames(shell: string, count: number): void {
  test(`in ${shell}, ${count} hostile names below a web root come back unchanged, and nothing of them is run`, {
    timeout: 600_000,
  }, async ({ onTestFinished }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'many-'));
    onTestFinished(() => removeAll([folder, folderOf(collection)]));
    const many = makeNames(count);
    // What is hardest to hand from command to command: line breaks, also at the end, spaces at the ends, backslashes, dashes.
    const odd = [
      'line.php\n',
      'two\nlines.php',
      '\n\n.php',
      'space.php ',
      ' .php',
      '\\n.php',
      'back.php\\',
      '-exec.php',
      '%s%d%n.php',
      '%b\\c.php',
      '\\0101.php',
    ];
    const few = [...odd, ...makeNames(count).slice(0, mostTaken - odd.length)];
    plant(join(folder, 'www'), many);
    plant(join(folder, 'www2'), few);
    // What lies behind a link is not below the web root.
    plant(join(folder, 'outside'), ['linked.php']);
    symlinkSync(join(folder, 'outside'), join(folder, 'www2', 'way'));
    const before = listNames(folder).toSorted();
    expect(before).toHaveLength(many.length + few.length + 1);

    const script = await prepareCases(folder);
    const limitSeconds = 300;
    const request = encodeRequest({ collection, options: ['web-shell'], limitSeconds });
    const { run, answer } = await runScript(shell, [request], { script });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer).toMatchObject({ ok: true, reason: null });

    // Nothing was made by a name, neither there nor where the script works, and it keeps to its limits.
    const added = listNames(folder).filter((name) => !name.startsWith(`${folder}/bin/`) && name !== script);
    expect(added.toSorted()).toEqual(before);
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    expect(await processesIn(folderOf(collection))).toEqual([]);
    expect(Date.parse(answer.endedAt) - Date.parse(answer.startedAt)).toBeLessThanOrEqual(limitSeconds * 1000);
    expect((await stat(`${folderOf(collection)}/evidence.tar.gz`)).size).toBeLessThan(52_428_800);

    const { index, folder: unpacked } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    const pathsBelow = (root: string, names: readonly string[]) => names.map((name) => `${folder}/${root}/${name}`);
    const taken = index.rows.filter((row) => row.category === 'web file' && row.stored !== null);
    const takenPaths = taken.map((row) => Buffer.from(row.path ?? '', 'base64url').toString('latin1'));
    expect(takenPaths.slice(mostTaken).toSorted()).toEqual(pathsBelow('www2', few).toSorted());
    expect(pathsBelow('www', many)).toEqual(expect.arrayContaining(takenPaths.slice(0, mostTaken)));
    expect(new Set(takenPaths).size).toBe(mostTaken + few.length);
    for (const [at, row] of taken.entries()) {
      const name = (takenPaths[at] ?? '').replace(`${folder}/${at < mostTaken ? 'www' : 'www2'}/`, '');
      expect(await readFile(join(unpacked, row.stored ?? ''), 'latin1')).toBe(`<?php // ${sha256(name)}`);
    }
    // Those that are not taken are in the listing, and a row says so.
    expect(index.rows.filter((row) => row.category === 'web file' && row.stored === null)).toMatchObject([
      { status: 'skipped', reason: expect.stringContaining(`The newest ${mostTaken} of ${count} files are taken`) },
    ]);
    const listings = index.rows.filter((row) => row.source.startsWith(`find ${folder}/www (`));
    expect(listings.map((row) => [row.source.replace(/^.*\(/, ''), row.status])).toEqual([
      ['modified or changed in 30 days)', 'collected'],
      ['scripts changed in 30 days)', 'collected'],
      ['scripts changed in 30 days)', 'skipped'],
    ]);
    const listed = await readFile(join(unpacked, listings[1]?.stored ?? ''), 'latin1');
    expect(readQuotedNames(listed).toSorted()).toEqual(pathsBelow('www', many).toSorted());
  });
}
