import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

/** A log of one process of the app. */
export interface AppLog {
  readonly file: string;
  readonly text: string;
}

/** What must not be in any log: texts that are secret, by what they are. */
export type Secrets = Readonly<Record<string, string>>;

/** Reads the logs of all processes. */
export async function readLogs(folder: string): Promise<readonly AppLog[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => ({ file: join(folder, name), text: await readFile(join(folder, name), 'utf8') })),
  );
}

/** I7: no token, no key, no link and no signature is in any log; the finding names the line, not its text. */
export function checkLogs(logs: readonly AppLog[], secrets: Secrets): readonly Finding[] {
  return logs.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, index): readonly Finding[] => {
      const where = `${file}:${index + 1}`;
      const found = Object.entries(secrets).filter(([, secret]) => secret !== '' && line.includes(secret));
      const signed = /[?&;]sig=/i.test(line) ? [{ what: 'A log line holds a signature.', where }] : [];
      return [...found.map(([name]) => ({ what: `A log line holds ${name}.`, where })), ...signed];
    }),
  );
}

/** The structured lines of a log; a line that a kill cut short is left out. */
export function readLines({ text }: AppLog): readonly Readonly<Record<string, unknown>>[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as Readonly<Record<string, unknown>>];
    } catch {
      return [];
    }
  });
}
