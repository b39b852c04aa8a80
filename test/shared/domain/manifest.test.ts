import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readManifest, writeBagInfo, writeBagit, writeManifest } from '../../../shared/domain/manifest.ts';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const A = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';

describe('writeManifest', () => {
  it('writes a line a file, sorted by path', () => {
    const entries = [
      { path: 'data/alert/plan.json', sha256: A },
      { path: 'data/0-1-getfile/content', sha256: EMPTY },
    ];
    expect(writeManifest(entries)).toBe(`${EMPTY}  data/0-1-getfile/content\n${A}  data/alert/plan.json\n`);
    expect(writeManifest([])).toBe('');
  });

  it('encodes line ends and percent signs of a path, and nothing else', () => {
    expect(writeManifest([{ path: 'data/100%\r\n ž*.txt', sha256: A }])).toBe(`${A}  data/100%25%0D%0A ž*.txt\n`);
  });

  it('refuses a path that is there twice', () => {
    const twice = [
      { path: 'data/a', sha256: A },
      { path: 'data/b', sha256: A },
      { path: 'data/a', sha256: EMPTY },
    ];
    expect(() => writeManifest(twice)).toThrow('A manifest cannot name data/a twice.');
  });
});

describe('readManifest', () => {
  it('reads what is written, whatever the paths', () => {
    const path = fc.string({ unit: 'binary', minLength: 1 }).map((name) => `data/${name}`);
    fc.assert(
      fc.property(fc.uniqueArray(path), (paths) => {
        const entries = paths.map((path) => ({ path, sha256: A }));
        const read = readManifest(writeManifest(entries));
        expect(read).toEqual({ outcome: 'read', entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)) });
      }),
    );
  });

  it.each([
    ['CRLF and capitals', `${A.toUpperCase()} \tdata/a\r\n`, [{ path: 'data/a', sha256: A }]],
    ['no last line end', `${A}  data/a`, [{ path: 'data/a', sha256: A }]],
    ['small hex digits', `${A}  data/%0a%250A`, [{ path: 'data/\n%0A', sha256: A }]],
    ['nothing', '', []],
  ])('reads %s', (_name, text, entries) => {
    expect(readManifest(text)).toEqual({ outcome: 'read', entries });
  });

  it.each([
    [`${A}  data/a\n\n`, 'Line 2 is not a SHA-256 and a path.'],
    [`${A}\n`, 'Line 1 is not a SHA-256 and a path.'],
    [`${A}data/a\n`, 'Line 1 is not a SHA-256 and a path.'],
    [`${A.slice(1)}  data/a\n`, 'Line 1 is not a SHA-256 and a path.'],
    [`d41d8cd98f00b204e9800998ecf8427e  data/a\n`, 'Line 1 is not a SHA-256 and a path.'],
  ])('finds the fault of %j', (text, fault) => {
    expect(readManifest(text)).toEqual({ outcome: 'fault', fault });
  });
});

describe('the other texts of a bag', () => {
  it('declares BagIt 1.0', () => {
    expect(writeBagit()).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  });

  it('writes bag-info.txt, a line an element', () => {
    const text = writeBagInfo({
      baggingDate: '2026-01-31',
      payload: { files: 3, bytes: 279164409832 },
      externalIdentifier: '0123456789abcdef0123456789abcdef',
      more: [
        { label: 'External-Description', value: 'Alert "x"\r\nPayload-Oxum: 0.0\u2028\u202ey\0' },
        { label: 'Immutability:\n', value: 'locked until 2027-01-31' },
      ],
    });
    expect(text).toBe(
      'Bagging-Date: 2026-01-31\n' +
        'External-Identifier: 0123456789abcdef0123456789abcdef\n' +
        'Payload-Oxum: 279164409832.3\n' +
        'External-Description: Alert "x" Payload-Oxum: 0.0 y\n' +
        'Immutability: locked until 2027-01-31\n',
    );
  });
});
