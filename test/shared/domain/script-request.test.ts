import { describe, expect, it } from 'vitest';
import { encodeRequest, placeArchive } from '../../../shared/domain/script-request.ts';

const basis = {
  collectionId: '0123456789abcdef0123456789abcdef',
  session: 0,
  archive: '/var/tmp/evidence-collector-0123456789abcdef0123456789abcdef-0/evidence.tar.gz',
  limitBytes: 52_428_800,
  limitSeconds: 300,
};
const file = (path: string) => ({ path, sha256: null, sha1: null, md5: null, sizeBytes: null });
const decode = (argument: string) => Buffer.from(argument, 'base64url').toString();
const pathsOf = (argument: string) =>
  (JSON.parse(decode(argument)) as { files: { path: string }[] }).files.map(({ path }) =>
    Buffer.from(path, 'base64url').toString(),
  );

describe('encodeRequest', () => {
  it('is base64url of compact JSON in a fixed order, with nothing that a command line could take amiss', () => {
    const { argument, filesRequested } = encodeRequest({
      ...basis,
      files: [{ ...file('/tmp/a b'), sha256: 'd'.repeat(64) }],
    });
    expect(argument).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(filesRequested).toBe(1);
    expect(decode(argument)).toBe(
      `{"v":1,"collection":"${basis.collectionId}","session":0,"archive":"${basis.archive}","limitBytes":52428800,"limitSeconds":300,"files":[{"path":"L3RtcC9hIGI","sha256":"${'d'.repeat(64)}"}]}`,
    );
  });

  it.each([
    '"; iex(1)',
    '$(reboot)',
    '`id`',
    "it's",
    'a\nb',
    '-rf',
    '\u202Egnp.exe',
    'Ünïcödé/文件',
    '%00',
    'C:\\x\\',
    '/tmp/*',
  ])('carries %j unchanged, and never in the clear', (path) => {
    const { argument } = encodeRequest({ ...basis, files: [file(path)] });
    expect(pathsOf(argument)).toEqual([path]);
    expect(argument).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('stays within 8,000 characters, and a file that is too long takes no other file with it', () => {
    const files = [
      file(`/${'x'.repeat(6000)}`),
      file('/etc/passwd'),
      ...Array.from({ length: 200 }, (_, number) => file(`/tmp/file-number-${number}`)),
    ];
    const { argument, filesRequested } = encodeRequest({ ...basis, files });
    expect(argument.length).toBeLessThanOrEqual(8000);
    expect(pathsOf(argument)[0]).toBe('/etc/passwd');
    expect(pathsOf(argument)).toHaveLength(filesRequested);
    expect(filesRequested).toBeGreaterThan(50);
  });
});

describe('placeArchive', () => {
  it.each([
    ['linux', '/var/tmp/evidence-collector-0123456789abcdef0123456789abcdef-2/evidence.tar.gz'],
    ['windows', 'C:\\Windows\\Temp\\evidence-collector-0123456789abcdef0123456789abcdef-2\\evidence.tar.gz'],
  ] as const)('on %s it is a path of ours alone', (system, path) => {
    expect(placeArchive(system, basis.collectionId, 2, 'evidence.tar.gz')).toBe(path);
  });
});
