import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifySource } from '../../../local/verify/verify-package.ts';
import { chainFacts, type CustodyFact, NO_CUSTODY } from '../../../shared/domain/custody.ts';
import { announceSignature, SIGNATURE_PATH } from '../../../shared/domain/signature.ts';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { COLLECTION_ID, sha256 } from '../../shared/domain/package-record-fixture.ts';
import { makeKey, type TestKey } from '../../shared/evidence/signing-keys.ts';
import { makePackage, makeSigned, openMemory, stateSeal } from './build-package.ts';

type Files = Map<string, Buffer>;

let key: TestKey;
let kid = '';
let sealed: Files;
beforeAll(async () => {
  key = makeKey();
  [{ kid } = { kid: '' }] = await openSigning(key.keeper).listKeys();
  sealed = await makeSigned(key);
});

async function faultsOf(files: Files, ...pins: readonly string[]): Promise<readonly string[]> {
  const found = await verifySource(openMemory(files), { pins, collectionId: COLLECTION_ID });
  return found.verdict === 'intact' ? [] : found.faults.map(({ path, what }) => `${path}: ${what}`);
}

const read = (files: Files, path: string): string => (files.get(path) ?? Buffer.alloc(0)).toString();

/** Writes hashes that fit what is there now into both manifests, as someone would who can write everywhere. */
function coverUp(files: Files): Files {
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
    const lines = read(files, manifest)
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66))
      .map((path) => `${sha256(files.get(path) ?? Buffer.alloc(0))}  ${path}\n`);
    files.set(manifest, Buffer.from(lines.join('')));
  }
  return files;
}

function editCustody(change: (lines: string[]) => readonly string[]): Files {
  const files = new Map(sealed);
  const lines = change(read(files, 'custody.jsonl').trimEnd().split('\n'));
  return coverUp(files.set('custody.jsonl', Buffer.from(lines.map((line) => `${line}\n`).join(''))));
}

describe('a signed package', () => {
  it('is intact as it is, by its own key and by the given one', async () => {
    expect(await verifySource(openMemory(sealed), { pins: [kid] })).toEqual({
      verdict: 'intact',
      files: 10,
      custodyEntries: 11,
      laterEntries: 0,
      signature: { signature: 'fits', thumbprint: kid, vouchedBy: 'a given key' },
    });
    expect(await faultsOf(sealed)).toEqual([]);
  });

  it('has 12 files that a byte can be changed in', () => {
    expect(sealed.size).toBe(12);
  });

  const somewhere = fc.record({
    file: fc.nat({ max: 11 }),
    part: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  /** Changes one file at one place; answers its path, null where the change left it as it was. */
  function changeOne(
    files: Files,
    where: { file: number; part: number },
    change: (bytes: Buffer, at: number) => Buffer,
  ) {
    const [path = '', bytes = Buffer.alloc(0)] = [...files][where.file] ?? [];
    const changed = change(bytes, Math.floor(bytes.length * where.part));
    files.set(path, changed);
    return changed.equals(bytes) ? null : path;
  }

  it.each<readonly [string, (bytes: Buffer, at: number, value: number) => Buffer]>([
    [
      'a byte changed',
      (bytes, at, value) =>
        Buffer.concat([bytes.subarray(0, at), Buffer.of((bytes[at] ?? 0) ^ value), bytes.subarray(at + 1)]),
    ],
    ['a byte removed', (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])],
    [
      'a byte added',
      (bytes, at, value) => Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at)]),
    ],
    ['its end cut off', (bytes, at) => bytes.subarray(0, at)],
  ])('with %s anywhere is not intact, and the file is named', async (_, change) => {
    await fc.assert(
      fc.asyncProperty(somewhere, fc.integer({ min: 1, max: 255 }), async (where, value) => {
        const files = new Map(sealed);
        const path = changeOne(files, where, (bytes, at) => change(bytes, at, value));
        fc.pre(path !== null);
        expect((await faultsOf(files)).join('\n')).toContain(`${path}: `);
      }),
      { numRuns: 250 },
    );
  });

  it('with a byte of its tag manifest changed is not intact even where it is not signed', async () => {
    const unsigned = makePackage('unsigned');
    const manifest = unsigned.get('tagmanifest-sha256.txt') ?? Buffer.alloc(0);
    for (const [at, byte] of manifest.entries()) {
      const changed = Buffer.from(manifest);
      // The other case of a letter, and for a space a tab: all that a reader of manifests takes for the same.
      changed[at] = byte === 0x20 ? 0x09 : byte ^ 0x20;
      const faults = await faultsOf(new Map(unsigned).set('tagmanifest-sha256.txt', changed));
      if (faults.length === 0) throw new Error(`Byte ${at} makes no difference.`);
    }
  });

  it('with two files exchanged is not intact, and both are named', async () => {
    const paths = [...sealed.keys()];
    for (const [at, one] of paths.entries()) {
      const other = paths[(at + 1) % paths.length] ?? '';
      const files = new Map(sealed);
      files.set(one, sealed.get(other) ?? Buffer.alloc(0)).set(other, sealed.get(one) ?? Buffer.alloc(0));
      const faults = (await faultsOf(files)).join('\n');
      // What the tag manifest says of the rest is lost with it.
      const isLost = [one, other].includes('tagmanifest-sha256.txt');
      for (const path of isLost ? ['tagmanifest-sha256.txt'] : [one, other]) expect(faults).toContain(`${path}: `);
    }
  });

  it.each([...makePackage('signed').keys(), SIGNATURE_PATH])('without %s is not intact', async (path) => {
    const files = new Map(sealed);
    files.delete(path);
    expect((await faultsOf(files)).join('\n')).toContain(`${path}: It is missing`);
  });
});

describe('the custody log of a signed package, with manifests made to fit', () => {
  const SEALED_ELSE = 'tagmanifest-sha256.txt: It is another one than was signed.';

  it('names each entry that was dropped', async () => {
    for (let number = 1; number < 11; number += 1) {
      const faults = await faultsOf(editCustody((lines) => lines.toSpliced(number - 1, 1)));
      expect(faults).toContain(
        `custody.jsonl: The chain is broken at entry ${number}. It bears the number ${number + 1}.`,
      );
      expect(faults).toContain(SEALED_ELSE);
    }
  });

  it('names the first of two entries that were exchanged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], { minLength: 2, maxLength: 2 }),
        async (pair) => {
          const [one = 0, other = 0] = pair;
          const exchange = (lines: string[]) =>
            lines.with(one - 1, lines[other - 1] ?? '').with(other - 1, lines[one - 1] ?? '');
          const faults = await faultsOf(editCustody(exchange));
          expect(faults).toContain(`custody.jsonl: The chain is broken at entry ${one}. It bears the number ${other}.`);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is told when its end was cut off, wherever', async () => {
    for (let left = 0; left < 11; left += 1) {
      const faults = await faultsOf(editCustody((lines) => lines.slice(0, left)));
      expect(faults).toContain('custody.jsonl: Its last entry is not the one that seals: the end was cut off.');
      if (left > 0) expect(faults).toContain('custody.jsonl: Its head is another one than was signed.');
      expect(faults).toContain(SEALED_ELSE);
    }
  });

  /** The whole package made anew around another custody log: a chain that holds, a record that fits, manifests that fit. */
  function makeAnew(): Files {
    const files = new Map(sealed);
    const facts = read(files, 'custody.jsonl')
      .trimEnd()
      .split('\n')
      .map((line): CustodyFact & { at: string } => JSON.parse(line));
    let head = NO_CUSTODY;
    const lines: string[] = [];
    for (const { at, event, actor, detail } of facts) {
      const isStart = event === 'started';
      const chained = chainFacts(head, [{ event, actor: isStart ? 'nobody' : actor, detail }], at, sha256);
      lines.push(...chained.lines.map(({ line }) => line));
      head = chained.head;
    }
    const record = JSON.parse(read(files, 'collection.json'));
    record.custody.head = head.head;
    record.custody.entries.find((entry: { event: string }) => entry.event === 'started').actor = 'nobody';
    files.set('custody.jsonl', Buffer.from(`${lines.join('\n')}\n`));
    return coverUp(files.set('collection.json', Buffer.from(`${JSON.stringify(record, null, 2)}\n`)));
  }

  it('made anew as a whole is told by the signature alone', async () => {
    expect(await faultsOf(makeAnew())).toEqual([
      SEALED_ELSE,
      'custody.jsonl: Its head is another one than was signed.',
    ]);
  });

  it('made anew and signed by another key is told by the given key alone', async () => {
    const files = makeAnew();
    const forger = makeKey();
    files.set(SIGNATURE_PATH, Buffer.from(await openSigning(forger.keeper).sign(stateSeal(files))));
    expect(await verifySource(openMemory(files))).toMatchObject({
      verdict: 'intact',
      signature: { signature: 'fits', vouchedBy: 'nobody' },
    });
    expect(await faultsOf(files, kid)).toEqual([expect.stringMatching(/^signature\.jws: It was made by the key /)]);
  });

  it('made anew and said to be unsigned is told by the given key alone', async () => {
    const files = makeAnew();
    const { value } = announceSignature('unsigned');
    const bagInfo = read(files, 'bag-info.txt').replace(/(?<=^Package-Signature: ).*$/m, value);
    files.delete(SIGNATURE_PATH);
    coverUp(files.set('bag-info.txt', Buffer.from(bagInfo)));
    expect(await verifySource(openMemory(files))).toMatchObject({
      verdict: 'intact',
      signature: { signature: 'none' },
    });
    expect(await faultsOf(files, kid)).toEqual([
      'signature.jws: It is missing: the package is not signed, by the given key or by any other.',
    ]);
  });
});

describe('the signature of another package', () => {
  it('of another collection is named, though the same key made it', async () => {
    const other = await openSigning(key.keeper).sign(stateSeal(sealed, 'e'.repeat(32)));
    const files = new Map(sealed).set(SIGNATURE_PATH, Buffer.from(other));
    expect(await faultsOf(files, kid)).toEqual([
      `signature.jws: It is that of another package: it was made for collection ${'e'.repeat(32)}, and this is ${COLLECTION_ID}.`,
    ]);
  });

  it('with its whole package is named, where it was asked for this one', async () => {
    const found = await verifySource(openMemory(sealed), { pins: [kid], collectionId: 'e'.repeat(32) });
    expect(found).toEqual({
      verdict: 'not intact',
      faults: [
        { path: 'collection.json', what: `It is that of collection ${COLLECTION_ID}, not of ${'e'.repeat(32)}.` },
      ],
    });
  });
});
