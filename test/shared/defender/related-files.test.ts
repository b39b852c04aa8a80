import { describe, expect, it } from 'vitest';
import { readRelatedFiles } from '../../../shared/defender/related-files.ts';

const SHA1 = 'f2a00fd2f2de1be0214b8529f1e9f67096c1aa70';
const SHA256 = 'dcd71ef5fff4362a9f64cf3f96f14f2b11d6f428f3badbedcb9ff3361e7079aa';
const OTHER_SHA256 = '6e212a0db618507c44e4ec8ee7499dfef7e5767e5f8d31144df3b96fd1145caf';
const FILE = { entityType: 'File', fileName: 'suspicious.dll', filePath: 'c:\\temp', sha1: SHA1, sha256: SHA256 };

function paths(evidence: readonly unknown[]) {
  return readRelatedFiles(evidence).map((file) => file.path);
}

describe('readRelatedFiles', () => {
  it('gives path and hashes of a file', () => {
    expect(readRelatedFiles([FILE])).toEqual([
      { path: 'c:\\temp\\suspicious.dll', sha1: SHA1, sha256: SHA256, md5: null, sizeBytes: null },
    ]);
  });

  it.each([
    ['c:\\temp', 'a.exe', 'c:\\temp\\a.exe'],
    ['c:\\', 'a.exe', 'c:\\a.exe'],
    ['/tmp', 'a', '/tmp/a'],
    ['/', 'a', '/a'],
    ['/opt/app/', 'a b', '/opt/app/a b'],
    ['\\\\server\\share', 'a.exe', '\\\\server\\share\\a.exe'],
    ['c:\\temp', 'none', 'c:\\temp\\none'],
    ['c:\\temp', '"; iex(1)', 'c:\\temp\\"; iex(1)'],
    ['none', 'a.exe', null],
    [null, 'a.exe', null],
    ['c:\\temp', null, null],
    ['c:\\temp', '', null],
    [undefined, undefined, null],
    [42, 'a.exe', null],
  ])('joins %j and %j to %j', (filePath, fileName, path) => {
    expect(paths([{ ...FILE, filePath, fileName }])).toEqual([path]);
  });

  it('takes Process rows and leaves all others', () => {
    const rows = ['User', 'Url', 'Ip', 'Registry', null, undefined].map((entityType) => ({ ...FILE, entityType }));
    expect(paths(rows)).toEqual([]);
    expect(paths([{ ...FILE, entityType: 'Process' }])).toEqual(['c:\\temp\\suspicious.dll']);
  });

  it('leaves rows out that are none or say nothing of a file', () => {
    const empty = { entityType: 'Process', processId: 3312, sha256: 'none', fileName: null, filePath: null };
    expect(readRelatedFiles([null, 'text', 7, [], empty, {}])).toEqual([]);
  });

  it.each([
    ['none', null],
    ['NONE', null],
    ['', null],
    ['dc0a', null],
    [SHA256.toUpperCase(), SHA256],
    [7, null],
  ])('reads the hash %j as %j', (sha256, expected) => {
    expect(readRelatedFiles([{ ...FILE, sha256 }])[0]?.sha256).toBe(expected);
  });

  it('names a Windows path once, whatever its case and however it is reported', () => {
    const rows = [
      FILE,
      { ...FILE, entityType: 'Process', filePath: 'C:\\TEMP', fileName: 'Suspicious.DLL' },
      { ...FILE, sha256: null, sha1: null },
      { ...FILE, filePath: null, fileName: null },
    ];
    expect(readRelatedFiles(rows)).toEqual([
      { path: 'c:\\temp\\suspicious.dll', sha1: SHA1, sha256: SHA256, md5: null, sizeBytes: null },
    ]);
  });

  it('completes a row without a hash by a later one of the same path', () => {
    expect(readRelatedFiles([{ ...FILE, sha1: null, sha256: null }, FILE])).toHaveLength(1);
    expect(readRelatedFiles([{ ...FILE, sha1: null, sha256: null }, FILE])[0]?.sha256).toBe(SHA256);
  });

  it('keeps one content in two places, and two contents in one', () => {
    expect(paths([FILE, { ...FILE, filePath: 'c:\\windows' }])).toEqual([
      'c:\\temp\\suspicious.dll',
      'c:\\windows\\suspicious.dll',
    ]);
    expect(readRelatedFiles([FILE, { ...FILE, sha256: OTHER_SHA256 }]).map((file) => file.sha256)).toEqual([
      SHA256,
      OTHER_SHA256,
    ]);
  });

  it('keeps POSIX paths apart that differ in case', () => {
    const rows = [
      { ...FILE, filePath: '/tmp', fileName: 'Run' },
      { ...FILE, filePath: '/tmp', fileName: 'run' },
    ];
    expect(paths(rows)).toEqual(['/tmp/Run', '/tmp/run']);
  });
});
