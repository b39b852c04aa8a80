import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTestimony } from '../../../shared/domain/script-testimony.ts';

const encode = (text: string) => Buffer.from(text).toString('base64url');
const printed = (answer: unknown) =>
  `noise\n-----BEGIN EVIDENCE ANSWER-----\n${encode(JSON.stringify(answer))}\n-----END EVIDENCE ANSWER-----\n`;
const HASH = 'A1'.repeat(32);

const WHOLE = {
  v: 1,
  ok: true,
  script: { sha256: HASH },
  machine: { utc: '2026-11-21T11:23:57Z', zone: 'Etc/UTC', bootAt: '2026-11-21T09:54:00Z' },
  startedAt: '2026-11-21T11:23:50Z',
  endedAt: '2026-11-21T11:23:57Z',
  archive: { path: '/var/tmp/x/evidence.tar.gz', bytes: 974_028, sha256: HASH },
  items: 122,
  errors: 4,
  files: [
    { path: encode('/etc/hostname'), status: 'collected', sha256: HASH, bytes: 3 },
    { path: encode('/tmp/\u202Egpj.exe'), status: 'absent', sha256: null, bytes: null },
  ],
};

describe('readTestimony', () => {
  test('reads all that a script says', () => {
    expect(readTestimony(printed(WHOLE))).toEqual({
      scriptSha256: HASH.toLowerCase(),
      machineUtc: '2026-11-21T11:23:57Z',
      bootAt: '2026-11-21T09:54:00Z',
      startedAt: '2026-11-21T11:23:50Z',
      endedAt: '2026-11-21T11:23:57Z',
      zone: 'Etc/UTC',
      archivePath: '/var/tmp/x/evidence.tar.gz',
      archiveBytes: 974_028,
      items: 122,
      errors: 4,
      files: [
        { path: '/etc/hostname', status: 'collected', sha256: HASH.toLowerCase(), bytes: 3 },
        { path: '/tmp/\u202Egpj.exe', status: 'absent', sha256: null, bytes: null },
      ],
    });
  });

  test.each<[string, object, object]>([
    ['a time that is none', { machine: { ...WHOLE.machine, utc: 'noon' } }, { machineUtc: null, zone: 'Etc/UTC' }],
    ['no machine', { machine: 7 }, { machineUtc: null, zone: null, items: 122 }],
    ['a count less than nothing', { items: -1 }, { items: null, errors: 4 }],
    ['files that are no list', { files: { 0: 'x' } }, { files: [], items: 122 }],
    ['a file that is none', { files: [7, null, WHOLE.files[0]] }, { files: [{ path: '/etc/hostname' }] }],
    ['a path that is no base64url', { files: [{ path: '%%%', status: 'collected' }] }, { files: [] }],
    ['a hash that is none', { files: [{ ...WHOLE.files[0], sha256: 'x' }] }, { files: [{ sha256: null }] }],
    ['a zone without an end', { machine: { ...WHOLE.machine, zone: 'z'.repeat(9000) } }, { zone: 'z'.repeat(60) }],
  ])('%s spoils nothing else', (_, change, expected) => {
    expect(readTestimony(printed({ ...WHOLE, ...change }))).toMatchObject(expected);
  });

  test('of ten thousand files a thousand are read', () => {
    const files = Array.from({ length: 10_000 }, (_, index) => ({ path: encode(`/${index}`), status: 'absent' }));
    expect(readTestimony(printed({ files }))?.files).toHaveLength(1000);
  });

  test('without an answer there is no testimony', () => {
    expect(readTestimony('nothing')).toBeNull();
    expect(readTestimony(printed('a text'))).toBeNull();
  });

  test('no output at all makes it throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (answer) => {
        const read = readTestimony(printed(answer));
        expect(read === null || Array.isArray(read.files)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
