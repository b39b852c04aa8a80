import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeRequest, encodeText } from './script-contract.ts';

const folder = resolve(import.meta.dirname, '../../library/windows');

/** A pattern of a script, as it is written there in one or more literals, as an expression of this language. */
function readPattern(script: string, before: string, isCaseSensitive = false): RegExp {
  const text = readFileSync(resolve(folder, `evidence-${script}.ps1`), 'utf8');
  const at = text.indexOf(before);
  if (at < 0) throw new Error(`there is no ${before}`);
  const literals = /^\s*('[^']*'(?:\s*\+\s*'[^']*')*)/.exec(text.slice(at + before.length))?.[1] ?? '';
  const pattern = [...literals.matchAll(/'([^']*)'/g)].map(([, literal]) => literal).join('');
  const here = pattern.replace('(?i)', '').replaceAll('\\A', '^').replaceAll('\\z', '$(?!\\n)');
  return new RegExp(here, isCaseSensitive ? '' : 'i');
}

const collection = '0123456789abcdef0123456789abcdef';
const archive = `C:\\Windows\\Temp\\evidence-collector-${collection}-0\\evidence.zip`;
const decode = (argument: string) => Buffer.from(argument, 'base64url').toString('utf8');

describe('the shape of a request', () => {
  const shape = readPattern('triage', '$shape =', true);

  test('is that of what is sent, with options and without', () => {
    const files = [{ path: 'C:\\a"],"options":["x' }, { path: 'C:\\b', sha256: 'ab'.repeat(32) }];
    const plain = shape.exec(decode(encodeRequest({ collection, archive, files })));
    const rows = files.map(({ path, sha256 }) => `{"path":"${encodeText(path)}","sha256":"${sha256 ?? ''}"}`).join(',');
    const head = ['1', collection, '0', archive.replaceAll('\\', '\\\\'), '52428800', '480', rows];
    expect(plain?.slice(1)).toEqual([...head, undefined]);
    const options = shape.exec(
      decode(encodeRequest({ collection, archive, files, options: ['ransomware', 'detached'] })),
    );
    expect(options?.slice(1)).toEqual([...head, '"ransomware","detached"']);
  });

  test.each([
    { what: 'empty options', text: (request: string) => request.replace(/\}$/, ',"options":[]}') },
    {
      what: 'options before the files',
      text: (request: string) => request.replace('"files"', '"options":["a"],"files"'),
    },
    { what: 'options twice', text: (request: string) => request.replace(/\}$/, ',"options":["a"],"options":["b"]}') },
    { what: 'a key after them', text: (request: string) => request.replace(/\}$/, ',"options":["a"],"x":1}') },
    { what: 'white space', text: (request: string) => request.replace(',', ', ') },
  ])('is not that of $what', ({ text }) => {
    expect(shape.exec(text(decode(encodeRequest({ collection, archive, files: [] }))))).toBeNull();
  });
});

test.each([
  { resource: 'file:_C:\\Users\\Public\\svc.exe', path: 'C:\\Users\\Public\\svc.exe' },
  { resource: 'containerfile:_C:\\a.zip', path: 'C:\\a.zip' },
  { resource: 'file:_C:\\a.zip->inner.exe', path: 'C:\\a.zip' },
  { resource: 'webfile:_C:\\a.exe|http-x|pid:1,ProcessStart:2', path: 'C:\\a.exe' },
  { resource: 'file:_C:\\it - > is.exe', path: 'C:\\it - > is.exe' },
  { resource: 'process:_pid:1234,ProcessStart:1', path: undefined },
  { resource: 'regkey:_HKLM\\x', path: undefined },
])('Defender names in $resource the file $path', ({ resource, path }) => {
  expect(readPattern('alerted-files', '[regex]::Match($Resource,').exec(resource)?.[1]).toBe(path);
});

test.each([
  { place: `C:\\Windows\\Temp\\evidence-collector-${collection}-0\\restored`, isOurs: true },
  { place: `C:\\Windows\\Temp\\evidence-collector-${collection}-r2-13\\restored`, isOurs: true },
  { place: `C:\\Windows\\Temp\\evidence-collector-${collection}-0`, isOurs: false },
  { place: 'C:\\Windows\\Temp', isOurs: false },
  { place: `C:\\Windows\\Temp\\evidence-collector-${collection}-0\\restored\\..`, isOurs: false },
  { place: `D:\\Windows\\Temp\\evidence-collector-${collection}-0\\restored`, isOurs: false },
])('the exclusion of $place is ours: $isOurs', ({ place, isOurs }) => {
  expect(readPattern('alerted-files', '$ExclusionPattern =').test(place)).toBe(isOurs);
});

test.each([
  { place: 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24090.11-0\\', isKnown: true },
  { place: 'C:\\Program Files\\Windows Defender', isKnown: true },
  { place: 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\..\\..\\evil\\', isKnown: false },
  { place: 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\..', isKnown: false },
  { place: 'C:\\Users\\Public', isKnown: false },
])('the program of Defender may be in $place: $isKnown', ({ place, isKnown }) => {
  expect(readPattern('alerted-files', '$known =').test(place)).toBe(isKnown);
});

describe('a case looks for', () => {
  const cases: { before: string; paths: string[]; not: string[] }[] = [
    {
      before: '$pattern = ',
      paths: [
        'C:\\Users\\a\\HOW_TO_DECRYPT.txt',
        'C:\\README.txt',
        'D:\\x\\!!!RESTORE-MY-FILES!!!.html',
        'C:\\a\\akira_readme.txt',
        'C:\\a\\RyukReadMe.html',
      ],
      not: ['C:\\readme\\plain.txt', 'C:\\a\\readme.md', 'C:\\a\\decrypt.exe'],
    },
    {
      before: '$stores = ',
      paths: [
        'C:\\Users\\a\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Login Data',
        'C:\\Users\\a\\.ssh\\id_ed25519',
        'C:\\Users\\a\\Documents\\all.kdbx',
        'C:\\Users\\a\\.aws\\credentials',
      ],
      not: ['C:\\Users\\a\\Documents\\letter.docx', 'C:\\Users\\a\\Cookies.txt', 'C:\\Users\\a\\id_'],
    },
    {
      before: '$histories = ',
      paths: ['C:\\x\\Default\\History', 'C:\\x\\places.sqlite', 'C:\\x\\extensions.json'],
      not: ['C:\\x\\History-journal', 'C:\\x\\MyHistory', 'C:\\x\\Login Data'],
    },
    {
      before: '$manifests = ',
      paths: [`C:\\x\\Extensions\\${'abcdefghijklmnop'.repeat(2)}\\1.0_0\\manifest.json`],
      not: ['C:\\x\\manifest.json', `C:\\x\\Extensions\\${'z'.repeat(32)}\\1\\manifest.json`],
    },
  ];

  test.each(cases)('what $before says, and nothing else', ({ before, paths, not }) => {
    const pattern = readPattern('triage', before);
    expect(paths.filter((path) => !pattern.test(path))).toEqual([]);
    expect(not.filter((path) => pattern.test(path))).toEqual([]);
  });

  test('endings that are usual, so that others are not', () => {
    const usual = readPattern('triage', '$usual = ');
    expect(['.docx', '.JPEG', '.log', '.db-wal'].filter((ending) => !usual.test(ending))).toEqual([]);
    expect(['.akira', '.lockbit', '.id-123', '.docxx', '.encrypted'].filter((ending) => usual.test(ending))).toEqual(
      [],
    );
  });
});
