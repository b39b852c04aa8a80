import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Switches } from '../switches.ts';

/** What a script left: its exit code and two streams of bytes. */
export type ScriptOutput = { scriptName: string; exitCode: number; output: Readable; errors: Readable };

/** How a transcript is written. */
export type TranscriptForm = Pick<Switches, 'transcriptEncoding' | 'transcriptLineBreak'>;

/** Writes the JSON that a RunScript leaves, streaming; bytes that are no UTF-8 become U+FFFD. `start` comes before the output, as it is. */
export async function writeTranscript(
  script: ScriptOutput,
  target: string,
  form: TranscriptForm,
  start = '',
): Promise<void> {
  async function* json(): AsyncGenerator<string> {
    yield `{"script_name":${JSON.stringify(script.scriptName)},"exit_code":${script.exitCode},"script_output":"${start}`;
    yield* escapeText(script.output);
    yield '","script_errors":"';
    yield* escapeText(script.errors);
    yield '"}';
  }
  const encode = form.transcriptEncoding === 'gzip' ? createGzip() : new PassThrough();
  await pipeline(json(), encode, createWriteStream(target));
}

/** Writes the same for a script of Windows: a transcript's first line before the output, and three NULs after it. */
export async function writeWindowsTranscript(
  script: { scriptName: string; exitCode: number; output: string; errors: string },
  target: string,
  form: TranscriptForm,
): Promise<void> {
  const folder = 'C:\\ProgramData\\Microsoft\\Windows Defender Advanced Threat Protection\\Temp\\PSScriptOutputs';
  const file = `${folder}\\PSScript_Transcript_{${randomUUID().toUpperCase()}}.txt`;
  const start = JSON.stringify(`Transcript started, output file is ${file}`).slice(1, -1);
  const lineBreak = form.transcriptLineBreak === 'raw' ? '\n' : '\\n';
  const output = Readable.from([Buffer.from(`${script.output}\n\0\0\0`)]);
  const streams = { output, errors: Readable.from([Buffer.from(script.errors)]) };
  await writeTranscript({ ...script, ...streams }, target, form, `${start}${lineBreak}`);
}

/** Streams the bytes of a captured file. */
export function readCaptured(path: string): Readable {
  return createReadStream(path);
}

async function* escapeText(source: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of source) yield JSON.stringify(decoder.decode(chunk, { stream: true })).slice(1, -1);
  yield JSON.stringify(decoder.decode()).slice(1, -1);
}
