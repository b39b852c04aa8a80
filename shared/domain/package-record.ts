import type { CollectionIn } from './collection.ts';
import type { Sha256 } from './custody.ts';
import { readActions } from './package-record-actions.ts';
import { describeFiles } from './package-record-files.ts';
import { describeRuns, describeTraces } from './package-record-runs.ts';
import { type CustodyRow, custodyRowSchema, type PackageRecord, type ResultRow } from './package-record-schema.ts';
import type { Result } from './result.ts';
import { judgeScript } from './script-verdict.ts';
import { NO_WORDS, type PackedWords } from './testimony.ts';
import { judgeResult } from './verdict.ts';

/**
 * Describes a package that is being sealed; `custody` are the JSON lines up to the entry that seals, `words` what the
 * package's own files say. What may still change while sealing is repeated (reason, tries) is not in it. Throws when a line is no custody entry.
 */
export function describePackage(
  collection: CollectionIn<'sealing'>,
  custody: readonly string[],
  version: string,
  sha256: Sha256,
  words: PackedWords = NO_WORDS,
): PackageRecord {
  const { alertId, incidentId, tenantId, severity, title, plan, results, retryOf, united } = collection;
  const { why, category, detectionSource, createdAt, osPlatform } = words.basis;
  const entries = custody.map((line): CustodyRow => custodyRowSchema.parse(JSON.parse(line)));
  const machineActions = readActions(entries);
  return {
    recordVersion: 1,
    product: { name: 'Evidence Collector for Microsoft Defender', version },
    collectionId: collection.id,
    ...{ retryOf, united },
    outcome: collection.outcome,
    receivedFrom: collection.receivedFrom,
    deadline: collection.deadline,
    alert: { id: alertId, incidentId, tenantId, severity, title, category, detectionSource, createdAt },
    machine: { id: collection.machineId, name: collection.machineName, osPlatform },
    times: readTimes(collection, entries),
    profile: { id: plan.profileId, title: plan.profileTitle, sha256: plan.profileSha256, why },
    scripts: plan.scripts,
    filesNotRequested: plan.filesNotRequested,
    sessions: plan.sessions.map(({ commands }, session) => ({
      session,
      commands: commands.map((sent, index) => ({ index, ...sent })),
    })),
    machineActions,
    results: results.map((result) => describeResult(result, collection)),
    relatedFiles: describeFiles(collection, words),
    scriptRuns: describeRuns(collection, words.testimonies, machineActions, entries),
    leftOnMachine: describeTraces(collection, machineActions),
    documents: collection.documents,
    custody: {
      count: entries.length,
      head: sha256(custody.at(-1) ?? ''),
      entries,
    },
  };
}

function readTimes(collection: CollectionIn<'sealing'>, entries: readonly CustodyRow[]): PackageRecord['times'] {
  const first = (event: string) => entries.find((entry) => entry.event === event)?.at ?? null;
  const last = (...events: readonly string[]) => entries.findLast((entry) => events.includes(entry.event))?.at ?? null;
  return {
    receivedAt: collection.receivedAt,
    lookedUpAt: first('planned'),
    startedAt: first('started') ?? first('adopted'),
    endedAt: last('action ended', 'action gone'),
    copiedAt: last('result stored'),
    sealedAt: first('sealing') ?? collection.sealedAt,
  };
}

function describeResult(result: Result, collection: CollectionIn<'sealing'>): ResultRow {
  const { session, index, command: kind, subject, failure } = result;
  const basis = { session, index, command: kind, subject };
  switch (result.status) {
    case 'stored': {
      const { path, bytes, sha256, sha1, md5, inside, storedAt, report } = result.item;
      const machineAgainstStorage = judgeResult(result, collection.plan.sessions, collection.results);
      const script = judgeScript(result, collection);
      const stored = {
        path,
        bytes,
        sha256,
        sha1,
        md5,
        inside,
        storedAt,
        failure,
        report,
        machineAgainstStorage,
        script,
      };
      return { ...basis, status: 'stored', ...stored };
    }
    case 'moved':
      return { ...basis, status: 'moved' };
    case 'missing':
      return { ...basis, status: 'missing', reason: failure ?? 'No reason was given.' };
    case 'planned':
    case 'waiting':
      return { ...basis, status: 'missing', reason: failure ?? 'It had not come when the package was sealed.' };
    default: {
      const unknown: never = result;
      throw new Error(`Unknown result ${JSON.stringify(unknown)}.`);
    }
  }
}
