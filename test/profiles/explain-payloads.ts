import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { readSample } from '../../local/plan/read-sample.ts';
import { explainPlan, type PlanExplanation } from '../../shared/domain/explain-plan.ts';
import { identifyCollection } from '../../shared/domain/identity.ts';
import { readRequestedFiles } from '../../shared/domain/script-request.ts';
import { allProfiles, denyList, namedScripts } from './all-profiles.ts';

const payloads = new URL('payloads/', import.meta.url);
const golden = new URL('golden/', import.meta.url);

/** What every profile says to each payload, by the payload's file name; requests are written out, so that a person can read them. */
export async function explainPayloads(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(payloads)).sort();
  const texts = await Promise.all(names.map(async (name) => [name, write(await explain(name))] as const));
  return new Map(texts);
}

/** The golden file of a payload. */
export function readGolden(name: string): Promise<string> {
  return readFile(new URL(name, golden), 'utf8');
}

/** The names of all golden files. */
export async function listGolden(): Promise<readonly string[]> {
  return (await readdir(golden)).sort();
}

async function explain(name: string): Promise<PlanExplanation> {
  const sample = readSample(JSON.parse(await readFile(new URL(name, payloads), 'utf8')));
  if (sample.holds !== 'sample') throw new Error(`${name} holds no alert with its machine.`);
  const { alert, machine } = sample;
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const collectionId = identifyCollection(alert.id, machine.id, sha256);
  const now = '2026-11-21T00:00:00.000Z';
  return explainPlan({ collectionId, alert, machine, now, profiles: allProfiles, denyList, scripts: namedScripts }, []);
}

function write(explanation: PlanExplanation): string {
  const sessions = explanation.sessions.map((session) => ({
    ...session,
    commands: session.commands.map((command) =>
      command.type === 'RunScript' ? { ...command, args: readArgument(command.args) } : command,
    ),
  }));
  return `${JSON.stringify({ ...explanation, sessions }, null, 2)}\n`;
}

function readArgument(argument: string): unknown {
  if (!/^[\w-]+$/.test(argument)) throw new Error('An argument is not base64url alone.');
  const request = JSON.parse(Buffer.from(argument, 'base64url').toString()) as object;
  return { ...request, files: readRequestedFiles(argument).map(({ path, sha256 }) => [path, sha256]) };
}

// Run by itself it writes the golden files anew, for a person to read what has changed.
if (import.meta.main) for (const [name, text] of await explainPayloads()) await writeFile(new URL(name, golden), text);
