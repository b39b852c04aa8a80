import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { verifyPackage } from '../../../local/verify/verify-package.ts';
import { CHAIN_CHECK } from '../../../shared/domain/report-custody.ts';
import { hashesOf, sha256 } from '../../shared/domain/package-record-fixture.ts';
import { buildPackage } from './build-package.ts';

const CONTENT = 'data/0-1-getfile/content';

/** What is wrong with a package as `path: sentence`. */
async function faultsOf(folder: string): Promise<readonly string[]> {
  const found = await verifyPackage(folder);
  return found.verdict === 'intact' ? [] : found.faults.map(({ path, what }) => `${path}: ${what}`);
}

async function pathsAtFault(folder: string): Promise<readonly string[]> {
  const found = await verifyPackage(folder);
  return found.verdict === 'intact' ? [] : [...new Set(found.faults.map(({ path }) => path))].sort();
}

function edit(folder: string, path: string, change: (text: string) => string): void {
  const before = readFileSync(join(folder, path), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`The change left ${path} as it was.`);
  writeFileSync(join(folder, path), after);
}

/** Writes a hash that fits what is there now, as someone would who wants to hide a change. */
function coverUp(folder: string, manifest: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    const hash = sha256(readFileSync(join(folder, path)));
    edit(folder, manifest, (text) => text.replace(new RegExp(`^[0-9a-f]{64}(?=  ${path}$)`, 'm'), hash));
  }
}

function editCustody(folder: string, change: (lines: string[]) => readonly string[]): void {
  edit(folder, 'custody.jsonl', (text) => change(text.trimEnd().split('\n')).join('\n').concat('\n'));
  coverUp(folder, 'tagmanifest-sha256.txt', 'custody.jsonl');
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
}

describe('a package as it was sealed', () => {
  test('is intact, with its files and custody entries counted', async () => {
    expect(await verifyPackage(buildPackage())).toEqual({
      verdict: 'intact',
      files: 10,
      custodyEntries: 11,
      laterEntries: 0,
      signature: { signature: 'none' },
    });
  });

  test('is accepted by sha256sum, by both of its manifests', () => {
    const folder = buildPackage();
    for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
      expect(execFileSync('sh', ['-c', `sha256sum -c ${manifest}`], { cwd: folder, encoding: 'utf8' })).not.toContain(
        'FAILED',
      );
    }
  });

  test('shows the head of its custody log to the shell commands that its report gives', () => {
    const folder = buildPackage();
    const record = JSON.parse(readFileSync(join(folder, 'collection.json'), 'utf8'));
    const check = () => execFileSync('sh', ['-c', CHAIN_CHECK], { cwd: folder, encoding: 'utf8' }).trim();
    expect(check()).toBe(record.custody.head);
    editCustody(folder, ([first = '', , ...rest]) => [first, ...rest]);
    expect(check()).toMatch(/^broken at: \{.*"number":3/);
  });
});

describe('one byte flipped', () => {
  const paths = [
    'bag-info.txt',
    'bagit.txt',
    'collection.json',
    'custody.jsonl',
    'data/0-0-runscript/transcript.json',
    CONTENT,
    'data/alert/alert.json',
    'data/alert/plan.json',
    'manifest-sha256.txt',
    'report.html',
    'tagmanifest-sha256.txt',
  ];

  test('the files of the table are all that there are', () => {
    expect([...filesOf(buildPackage())].sort()).toEqual(paths);
  });

  test.each(paths.flatMap((path) => [0, 0.31, 0.5, 0.77, 1].map((part) => [path, part] as const)))(
    '%s at %d of its length',
    async (path, part) => {
      const folder = buildPackage();
      const bytes = readFileSync(join(folder, path));
      const at = Math.floor((bytes.length - 1) * part);
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      writeFileSync(join(folder, path), bytes);
      // A manifest's own changed line speaks of another file, or of none that there is.
      const faults = await pathsAtFault(folder);
      if (path === 'tagmanifest-sha256.txt') expect(faults).not.toEqual([]);
      else expect(faults).toContain(path);
    },
  );
});

describe('the files', () => {
  test('a payload file that was removed is named', async () => {
    const folder = buildPackage();
    rmSync(join(folder, CONTENT));
    expect(await faultsOf(folder)).toEqual(
      expect.arrayContaining([
        `${CONTENT}: It is missing.`,
        expect.stringMatching(/^bag-info\.txt: Its Payload-Oxum is \d+\.4, but the payload is \d+\.3/),
      ]),
    );
  });

  test('a payload file that was added is named', async () => {
    const folder = buildPackage();
    writeFileSync(join(folder, 'data/0-1-getfile/planted'), 'x');
    expect(await faultsOf(folder)).toContain(
      'data/0-1-getfile/planted: It was added: manifest-sha256.txt does not name it.',
    );
  });

  test('a file that was added beside the payload is named', async () => {
    const folder = buildPackage();
    writeFileSync(join(folder, 'README.txt'), 'x');
    expect(await faultsOf(folder)).toEqual(['README.txt: It was added: tagmanifest-sha256.txt does not name it.']);
  });

  test.each(['report.html', 'bagit.txt', 'bag-info.txt', 'custody.jsonl', 'collection.json'])(
    '%s is missed though its line was removed with it',
    async (path) => {
      const folder = buildPackage();
      rmSync(join(folder, path));
      edit(folder, 'tagmanifest-sha256.txt', (text) => text.replace(new RegExp(`^.*  ${path}\n`, 'm'), ''));
      expect(await faultsOf(folder)).toContain(`${path}: It is missing.`);
    },
  );

  test.each(['manifest-sha256.txt', 'tagmanifest-sha256.txt'])('without %s nothing passes for intact', async (path) => {
    const folder = buildPackage();
    rmSync(join(folder, path));
    expect(await faultsOf(folder)).toContain(`${path}: It is missing.`);
  });

  test('a file that was cut short is named with both hashes told apart', async () => {
    const folder = buildPackage();
    truncateSync(join(folder, CONTENT), 10);
    expect(await faultsOf(folder)).toContain(
      `${CONTENT}: It was changed: manifest-sha256.txt gives another SHA-256 than ${sha256(readFileSync(join(folder, CONTENT)))}.`,
    );
  });

  test('two files that were exchanged are both named', async () => {
    const folder = buildPackage();
    renameSync(join(folder, 'data/alert/alert.json'), join(folder, 'swap'));
    renameSync(join(folder, 'data/alert/plan.json'), join(folder, 'data/alert/alert.json'));
    renameSync(join(folder, 'swap'), join(folder, 'data/alert/plan.json'));
    expect(await pathsAtFault(folder)).toEqual(['data/alert/alert.json', 'data/alert/plan.json']);
  });

  test('a link is a fault, and is not followed even when what it points to would fit', async () => {
    const folder = buildPackage();
    const outside = buildPackage();
    rmSync(join(folder, CONTENT));
    symlinkSync(join(outside, CONTENT), join(folder, CONTENT));
    expect(await faultsOf(folder)).toEqual(
      expect.arrayContaining([
        `${CONTENT}: It is a link, which a package never holds; it was not followed.`,
        `${CONTENT}: It is missing.`,
      ]),
    );
  });

  test('a linked folder is a fault and is not followed', async () => {
    const folder = buildPackage();
    const outside = buildPackage();
    rmSync(join(folder, 'data/alert'), { recursive: true });
    symlinkSync(join(outside, 'data/alert'), join(folder, 'data/alert'));
    expect(await faultsOf(folder)).toEqual(
      expect.arrayContaining([
        'data/alert: It is a link, which a package never holds; it was not followed.',
        'data/alert/alert.json: It is missing.',
      ]),
    );
  });

  test('a FIFO is a fault and is not waited for', async () => {
    const folder = buildPackage();
    execFileSync('sh', ['-c', 'mkfifo data/pipe'], { cwd: folder });
    expect(await faultsOf(folder)).toEqual(['data/pipe: It is no regular file.']);
  });

  test('an empty folder more is no fault, as a manifest cannot name one', async () => {
    const folder = buildPackage();
    mkdirSync(join(folder, 'data/empty'));
    expect(await verifyPackage(folder)).toMatchObject({ verdict: 'intact' });
  });
});

describe('the manifests', () => {
  test.each([
    '../outside.txt',
    'data/../../outside.txt',
    'data/..',
    '/etc/hostname',
    '\\\\server\\share\\x',
    'C:/Windows/win.ini',
    'data\\..\\..\\x',
    '~/x',
  ])('the path %s leads out and is not followed', async (path) => {
    const folder = buildPackage();
    appendFileSync(join(folder, 'manifest-sha256.txt'), `${sha256('x')}  ${path}\n`);
    expect(await faultsOf(folder)).toContain(
      `${path}: manifest-sha256.txt names a path that leads out of the package; it was not followed.`,
    );
  });

  test('a file named twice with two hashes is a fault', async () => {
    const folder = buildPackage();
    appendFileSync(join(folder, 'manifest-sha256.txt'), `${sha256('x')}  ${CONTENT}\n`);
    expect(await faultsOf(folder)).toContain(`${CONTENT}: manifest-sha256.txt names it twice.`);
  });

  test('the payload manifest cannot speak for a file that describes the package', async () => {
    const folder = buildPackage();
    appendFileSync(
      join(folder, 'manifest-sha256.txt'),
      `${sha256(readFileSync(join(folder, 'bagit.txt')))}  bagit.txt\n`,
    );
    expect(await faultsOf(folder)).toContain('bagit.txt: manifest-sha256.txt names it, which is not for it to name.');
  });

  test('a line that is none is named by its number', async () => {
    const folder = buildPackage();
    edit(folder, 'manifest-sha256.txt', (text) => `nonsense\n${text}`);
    expect(await faultsOf(folder)).toContain('manifest-sha256.txt: Line 1 is not a SHA-256 and a path.');
  });

  test('a changed payload with fitting manifests is still told by the custody log and the record', async () => {
    const folder = buildPackage();
    writeFileSync(join(folder, 'data/alert/alert.json'), '{"id":"another"}');
    coverUp(folder, 'manifest-sha256.txt', 'data/alert/alert.json');
    coverUp(folder, 'tagmanifest-sha256.txt', 'manifest-sha256.txt');
    expect(await faultsOf(folder)).toEqual([
      expect.stringContaining('bag-info.txt: Its Payload-Oxum is'),
      'custody.jsonl: Its last entry seals another manifest-sha256.txt than the one that is here.',
      expect.stringContaining('data/alert/alert.json: collection.json says that the bytes is 40, but it is 16.'),
      expect.stringContaining('data/alert/alert.json: collection.json says that the sha256 is'),
    ]);
  });
});

describe('the custody log, with a tag manifest made to fit', () => {
  const cases: readonly (readonly [string, (lines: string[]) => readonly string[], string])[] = [
    ['its first entry dropped', (lines) => lines.slice(1), 'The chain is broken at entry 1. It bears the number 2.'],
    ['an entry dropped', (lines) => lines.toSpliced(4, 1), 'The chain is broken at entry 5. It bears the number 6.'],
    [
      'two entries exchanged',
      ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest],
      'The chain is broken at entry 2. It bears the number 3.',
    ],
    [
      'its last entry cut off',
      (lines) => lines.slice(0, -1),
      'Its last entry is not the one that seals: the end was cut off.',
    ],
    [
      'its last five entries cut off',
      (lines) => lines.slice(0, -5),
      'Its last entry is not the one that seals: the end was cut off.',
    ],
    ['all of it cut off', () => [], 'The chain is broken at entry 1. It is not a custody entry.'],
    [
      'an entry added at its end',
      (lines) => [...lines, '{}'],
      'The chain is broken at entry 12. It is not a custody entry.',
    ],
    [
      'a detail changed',
      (lines) => lines.map((line) => line.replace('"status":"Pending"', '"status":"Failed"')),
      'The chain is broken at entry 7. It does not follow on the entry before.',
    ],
    [
      'the sealing entry changed',
      (lines) => lines.map((line) => line.replace('"outcome":"collected"', '"outcome":"partial"')),
      'Its account of the custody log is not what custody.jsonl says.',
    ],
  ];

  test.each(cases)('%s', async (_, change, sentence) => {
    const folder = buildPackage();
    editCustody(folder, change);
    expect((await faultsOf(folder)).join('\n')).toContain(sentence);
  });

  test('cut in the middle of a line', async () => {
    const folder = buildPackage();
    edit(folder, 'custody.jsonl', (text) => text.slice(0, -30));
    coverUp(folder, 'tagmanifest-sha256.txt', 'custody.jsonl');
    expect(await faultsOf(folder)).toContain('custody.jsonl: Its last line has no end.');
  });
});

describe('collection.json, with a tag manifest made to fit', () => {
  async function faultsAfter(change: (record: string) => string): Promise<readonly string[]> {
    const folder = buildPackage();
    edit(folder, 'collection.json', change);
    coverUp(folder, 'tagmanifest-sha256.txt', 'collection.json');
    return faultsOf(folder);
  }

  test('no JSON', async () => {
    expect(await faultsAfter((text) => text.slice(0, -5))).toEqual(['collection.json: It is no JSON.']);
  });

  test('a field of another shape is named by its place', async () => {
    expect(await faultsAfter((text) => text.replace('"index": 1,', '"index": "one",'))).toEqual([
      expect.stringMatching(/^collection\.json: It is not what it should be at sessions\.0\.commands\.1\.index: /),
    ]);
  });

  test.each(['sha1', 'md5'] as const)('a row with another %s than its file', async (name) => {
    const faults = await faultsAfter((text) =>
      text.replace(
        new RegExp(`("${name}": )"[0-9a-f]+"`),
        (_, key) => `${key}"${'0'.repeat(name === 'md5' ? 32 : 40)}"`,
      ),
    );
    expect(faults).toEqual([
      expect.stringContaining(`data/0-0-runscript/transcript.json: collection.json says that the ${name} is 000`),
    ]);
  });

  test('a row with another hash of the content of a gzip', async () => {
    const inside = hashesOf('PK the archive that the script made '.repeat(2000)).md5;
    const faults = await faultsAfter((text) => text.replace(`"md5": "${inside}"`, `"md5": "${'0'.repeat(32)}"`));
    expect(faults).toEqual([
      `${CONTENT}: collection.json says that the md5 of its content is ${'0'.repeat(32)}, but it is ${inside}.`,
    ]);
  });

  test('a row that tells of less content than there is', async () => {
    const faults = await faultsAfter((text) => text.replace(/("inside": \{\s+"bytes": )72000/, (_, key) => `${key}71`));
    expect(faults).toEqual([`${CONTENT}: collection.json tells of its content, but it is no gzip of 71 bytes.`]);
  });

  test('a row of a file that is not there, and none for one that is', async () => {
    expect(
      await faultsAfter((text) => text.replace('"path": "data/alert/plan.json"', '"path": "data/alert/other.json"')),
    ).toEqual([
      'data/alert/other.json: collection.json tells of it, but it is not there.',
      'data/alert/other.json: custody.jsonl has no entry that it was stored with the SHA-256 in collection.json.',
      'data/alert/plan.json: collection.json does not tell of it.',
    ]);
  });

  test('another head of the custody log', async () => {
    expect(await faultsAfter((text) => text.replace(/("head": )"[0-9a-f]{64}"/, `$1"${'0'.repeat(64)}"`))).toEqual([
      'collection.json: It gives another head of the custody log than custody.jsonl has.',
    ]);
  });
});

test('a package of an earlier version, whose record tells less, is intact', async () => {
  const folder = buildPackage();
  edit(folder, 'collection.json', (text) => {
    const record = JSON.parse(text);
    for (const name of ['retryOf', 'united', 'relatedFiles', 'scriptRuns', 'leftOnMachine']) delete record[name];
    for (const name of ['category', 'detectionSource', 'createdAt']) delete record.alert[name];
    delete record.machine.osPlatform;
    delete record.profile.why;
    for (const action of record.machineActions) delete action.commands;
    return `${JSON.stringify(record, null, 2)}\n`;
  });
  coverUp(folder, 'tagmanifest-sha256.txt', 'collection.json');
  expect(await faultsOf(folder)).toEqual([]);
});

test('a bagit.txt of another version with a tag manifest made to fit', async () => {
  const folder = buildPackage();
  edit(folder, 'bagit.txt', (text) => text.replace('1.0', '0.97'));
  coverUp(folder, 'tagmanifest-sha256.txt', 'bagit.txt');
  expect(await faultsOf(folder)).toEqual(['bagit.txt: It is not the bagit.txt of our packages.']);
});

test('a collection.json too long to be one of ours is not read', async () => {
  const folder = buildPackage();
  truncateSync(join(folder, 'collection.json'), 65 * 1024 * 1024);
  coverUp(folder, 'tagmanifest-sha256.txt', 'collection.json');
  expect(await faultsOf(folder)).toEqual(['collection.json: It is longer than that of any package of ours.']);
});

test('a gzip that unpacks without end is read no further than the record says', async () => {
  const folder = buildPackage();
  writeFileSync(join(folder, CONTENT), gzipSync(Buffer.alloc(50 * 1024 * 1024)));
  expect(await faultsOf(folder)).toContain(
    `${CONTENT}: collection.json tells of its content, but it is no gzip of 72000 bytes.`,
  );
});
