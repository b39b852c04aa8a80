import { describe, expect, it } from 'vitest';
import { decodeTranscript, readTranscript } from '../../../shared/domain/transcript.ts';

const BEGIN = '-----BEGIN EVIDENCE ANSWER-----';
const END = '-----END EVIDENCE ANSWER-----';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PREAMBLE =
  'Transcript started, output file is C:\\ProgramData\\Microsoft\\Windows Defender Advanced Threat Protection\\Temp\\PSScriptOutputs\\PSScript_Transcript_{1}.txt\r\n';
const NONE = { answer: 'none', reason: null, archiveSha256: null, archiveBytes: null };
const WHOLE = {
  v: 1,
  ok: true,
  reason: null,
  script: { sha256: SHA256 },
  machine: { name: 'host', os: 'windows' },
  archive: { path: 'C:\\ProgramData\\x.zip', bytes: 12, sha256: SHA256.toUpperCase() },
  items: 2,
  errors: 0,
  files: [{ path: 'Qzpc', sha256: SHA256 }],
};

function encode(answer: unknown): string {
  return Buffer.from(JSON.stringify(answer)).toString('base64url');
}

function answerWith(answer: unknown): string {
  return `${BEGIN}\n${encode(answer)}\n${END}\n`;
}

function transcribe(output: string, exitCode: unknown = 0): string {
  return JSON.stringify({ script_name: 'x.ps1', exit_code: exitCode, script_output: output, script_errors: 'e' });
}

describe('readTranscript', () => {
  it('reads exit code, answer, archive, output and errors', () => {
    const output = `${PREAMBLE}${answerWith(WHOLE)}`;
    expect(readTranscript(transcribe(`${output}\0\0\0`))).toEqual({
      exitCode: 0,
      answer: 'ok',
      reason: null,
      archiveSha256: SHA256,
      archiveBytes: 12,
      scriptSha256: SHA256,
      output,
      errors: 'e',
    });
  });

  it('reads an answer that a shell with a padded alphabet wrote, wrapped at 80 columns with CRLF', () => {
    const encoded = Buffer.from(JSON.stringify({ ...WHOLE, reason: 'žluťoučký ÿÿÿ>>>???' })).toString('base64');
    expect(encoded).toMatch(/[+/]/);
    const wrapped = encoded.replace(/.{80}/g, '$&\r\n   ');
    const output = `${PREAMBLE}  ${BEGIN} \r\n${wrapped}\r\n\t${END}\r\n`;
    expect(readTranscript(transcribe(output))).toMatchObject({ answer: 'ok', reason: 'žluťoučký ÿÿÿ>>>???' });
  });

  it.each<[string, string]>([
    ['a byte order mark', `\uFEFF${transcribe(answerWith(WHOLE))}`],
    ['NULs at its end', `${transcribe(answerWith(WHOLE))}\0\0\r\n\0`],
    ['white space around it', `\r\n ${transcribe(answerWith(WHOLE))}\r\n`],
    ['raw line ends in its strings', transcribe(answerWith(WHOLE)).replaceAll('\\n', '\n')],
    [
      'raw control characters in its strings',
      transcribe(`\u0007\t\n${answerWith(WHOLE)}`)
        .replaceAll('\\u0007', '\u0007')
        .replaceAll('\\t', '\t'),
    ],
    [
      'escaped quotes and backslashes near raw ones',
      transcribe(`"\\"\\\\\n${answerWith(WHOLE)}`).replaceAll('\\n', '\n'),
    ],
    ['an exit code as text', transcribe(answerWith(WHOLE), '0')],
  ])('reads a transcript with %s', (_name, text) => {
    expect(readTranscript(text)).toMatchObject({ exitCode: 0, answer: 'ok', archiveSha256: SHA256 });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', `Access denied\n${answerWith(WHOLE)}`],
    ['JSON that is cut', transcribe(answerWith(WHOLE)).slice(0, -4)],
    ['a list', '[]'],
    ['null', 'null'],
  ])('takes %s for output without an answer', (_name, text) => {
    expect(readTranscript(text)).toEqual({ exitCode: null, ...NONE, output: text, errors: '' });
  });

  it.each<[unknown, number | null]>([
    [1, 1],
    [-1, -1],
    [4294967295, 4294967295],
    ['-1073741510', -1073741510],
    [1.5, null],
    ['', null],
    ['0x1', null],
    [null, null],
    [{}, null],
  ])('reads the exit code %j as %j and goes on', (given, exitCode) => {
    expect(readTranscript(transcribe('', given))).toMatchObject({ exitCode, errors: 'e' });
  });

  it.each<[string, string, number | null]>([
    ['a missing output', '{"exit_code":3}', 3],
    ['an output that is no text', '{"exit_code":3,"script_output":["a"],"script_errors":null}', 3],
    ['nothing', '{}', null],
  ])('reads a transcript with %s', (_name, text, exitCode) => {
    expect(readTranscript(text)).toEqual({ exitCode, ...NONE, output: '', errors: '' });
  });

  it('takes the last answer, whatever was printed before it', () => {
    const imitated = answerWith({ ok: true, archive: { sha256: 'f'.repeat(64) } });
    const told = answerWith({ ok: false, reason: 'disk full' });
    for (const before of [imitated, `${BEGIN}\n`, `${END}\n`, `${BEGIN}\nx\n${BEGIN}\n`, imitated.replace(END, '')]) {
      for (const after of ['', `${END}\n`, `${BEGIN}\n`, `now ${BEGIN}\n`]) {
        const read = readTranscript(transcribe(`${before}${told}${after}`));
        expect(read).toMatchObject({ answer: 'not ok', reason: 'disk full', archiveSha256: null });
      }
    }
  });

  it.each<[string, string]>([
    ['only a begin', `${BEGIN}\n${encode(WHOLE)}\n`],
    ['only an end', `${encode(WHOLE)}\n${END}\n`],
    ['nothing between', `${BEGIN}\n${END}\n`],
    ['no base64url', `${BEGIN}\n{"ok":true}\n${END}\n`],
    ['a broken length', `${BEGIN}\nabcde\n${END}\n`],
    ['no JSON', `${BEGIN}\n${Buffer.from('ok').toString('base64url')}\n${END}\n`],
    ['no UTF-8', `${BEGIN}\n${Buffer.from('7b226f6b223aff7d', 'hex').toString('base64url')}\n${END}\n`],
    ['no ok', answerWith({ ...WHOLE, ok: undefined })],
    ['an ok that is no boolean', answerWith({ ...WHOLE, ok: 'true' })],
    ['a later version', answerWith({ ...WHOLE, v: 2 })],
    ['a list', answerWith([WHOLE])],
    ['markers inside a line', `x ${BEGIN}\n${encode(WHOLE)}\n${END}\n`],
    ['more than a MiB', answerWith({ ...WHOLE, files: 'x'.repeat(1024 * 1024) })],
  ])('finds no answer in %s', (_name, output) => {
    expect(readTranscript(transcribe(output, 7))).toMatchObject({ exitCode: 7, ...NONE });
  });

  it.each<[string, unknown]>([
    ['no archive', { ok: true }],
    ['an empty archive', { ok: true, archive: {} }],
    ['an archive that is a text', { ok: true, archive: 'C:\\x.zip' }],
    ['an archive of strange fields', { ok: true, archive: { sha256: 'abc', bytes: -1 } }],
    ['strange fields', { ok: true, reason: 7, files: 7, machine: [], script: null, items: 'many', more: {} }],
  ])('finds an answer with %s', (_name, answer) => {
    expect(readTranscript(transcribe(answerWith(answer)))).toMatchObject({ ...NONE, answer: 'ok' });
  });

  it.each([
    ['line one\r\nline two', 'line one line two'],
    ['\u001b[31mred\u0007\u0000\u009b', '[31mred'],
    ['a\u202egpj.exe\u200f\u2066', 'agpj.exe'],
    ['a\u2028b', 'a b'],
    ['\ud800broken', '\ufffdbroken'],
    [' \n ', null],
    ['', null],
    ['x'.repeat(301), 'x'.repeat(300)],
    ['😀'.repeat(301), '😀'.repeat(300)],
  ])('cleans the reason %j', (reason, cleaned) => {
    const text = JSON.stringify({ ok: false, reason });
    const output = `${BEGIN}\n${Buffer.from(text).toString('base64url')}\n${END}`;
    expect(readTranscript(transcribe(output))).toMatchObject({ answer: 'not ok', reason: cleaned });
  });
});

describe('decodeTranscript', () => {
  const text = transcribe(`žluťoučký 😀\r\n${answerWith(WHOLE)}`);
  const inUtf16 = (of: string) => Buffer.from(of, 'utf16le');
  const bigEndian = (of: string) => Buffer.from(inUtf16(of)).swap16();

  it.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', inUtf16(text)],
    ['UTF-16 with a byte order mark', inUtf16(`\uFEFF${text}`)],
    ['UTF-16 with the high byte first', bigEndian(text)],
    ['UTF-16 with the high byte first and a byte order mark', bigEndian(`\uFEFF${text}`)],
    ['a piece of a larger buffer', Buffer.from(`xyz${text}`).subarray(3)],
  ])('reads %s', (_name, bytes) => {
    expect(decodeTranscript(bytes)).toBe(text);
  });

  it.each([
    ['UTF-8', Buffer.from(`${text}\0\0\0`)],
    ['UTF-16', inUtf16(`\uFEFF${text}\0\0`)],
    ['UTF-16, in an odd number of bytes', Buffer.concat([inUtf16(text), Buffer.alloc(3)])],
    [
      'UTF-16 with the high byte first, in an odd number of bytes',
      Buffer.concat([bigEndian(`\uFEFF${text}`), Buffer.alloc(5)]),
    ],
  ])('leaves NULs at the end of %s to be passed over', (_name, bytes) => {
    const read = readTranscript(decodeTranscript(bytes));
    expect(read).toMatchObject({ exitCode: 0, answer: 'ok', archiveSha256: SHA256, errors: 'e' });
    expect(read.output).toMatch(/^žluťoučký 😀\r\n-----BEGIN/);
  });

  it.each([
    ['nothing', [], ''],
    ['one byte', [0x41], 'A'],
    ['bytes that are no text', [0x7b, 0x22, 0xff, 0xfe, 0x22], '{"\ufffd\ufffd"'],
    ['NULs alone', [0, 0, 0], '\0\0\0'],
  ])('never fails: %s', (_name, bytes, expected) => {
    expect(decodeTranscript(Uint8Array.from(bytes))).toBe(expected);
  });
});
