import type { EvidenceItem, ResultKey, ScriptReport } from '../domain/result.ts';
import { placeResult } from '../domain/evidence-path.ts';
import { decodeTranscript, readTranscript } from '../domain/transcript.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** What became of a request to copy one result. */
export type Copied =
  | { readonly copied: 'stored' | 'missing' | 'nothing to do' }
  | { readonly copied: 'not yet'; readonly reason: string };

/** Copies one result into its package: asks for a fresh link, streams, and records what was stored. */
export async function copyResult(
  ports: Ports,
  collectionId: string,
  key: ResultKey,
  signal?: AbortSignal,
): Promise<Copied> {
  const loaded = await ports.collections.load(collectionId);
  if (loaded?.collection.status !== 'copying') return { copied: 'nothing to do' };
  const result = loaded.collection.results.find(
    (candidate) => candidate.session === key.session && candidate.index === key.index,
  );
  if (result?.status !== 'waiting') return { copied: 'nothing to do' };

  const path = placeResult(key, result.command);
  const startedMs = ports.now().getTime();
  const outcome = await ports.evidence.copyResult(collectionId, path, {
    askForLink: () => ports.defender.getResultLink(result.actionId, key.index),
    mayCommit: () => askWhetherWanted(ports, collectionId),
    ...(signal === undefined ? {} : { signal }),
  });
  const { session, index } = key;
  ports.log({
    event: 'copy',
    collection: collectionId,
    session,
    index,
    outcome: outcome.outcome,
    durationMs: ports.now().getTime() - startedMs,
  });
  switch (outcome.outcome) {
    case 'stored': {
      const report = result.command === 'RunScript' ? readReport(outcome.head) : null;
      const item: EvidenceItem = { ...outcome.item, report };
      await applyEvent(ports, collectionId, { type: 'result stored', session, index, item });
      return { copied: 'stored' };
    }
    case 'no result':
      if (result.failure === null) return { copied: 'not yet', reason: outcome.reason };
      await applyEvent(ports, collectionId, { type: 'result missing', session, index, reason: outcome.reason });
      return { copied: 'missing' };
    case 'refused':
      return { copied: 'not yet', reason: outcome.reason };
    default: {
      const unknown: never = outcome;
      throw new Error(`Unknown outcome ${JSON.stringify(unknown)}.`);
    }
  }
}

/** What was read longer ago than this is no reason to commit: an instance may stand still between its question and its act. */
const FRESH_MS = 5_000;
const MOST_QUESTIONS = 3;

async function askWhetherWanted(ports: Ports, collectionId: string): Promise<'commit' | 'stop'> {
  for (let question = 1; question <= MOST_QUESTIONS; question += 1) {
    const askedMs = ports.now().getTime();
    const now = (await ports.collections.load(collectionId))?.collection;
    if (now?.status !== 'copying') return 'stop';
    if (ports.now().getTime() - askedMs <= FRESH_MS) return 'commit';
  }
  return 'stop';
}

/** What a transcript says of its script; null when it was too long to be looked into. */
export function readReport(transcript: Uint8Array | null): ScriptReport | null {
  if (transcript === null) return null;
  const { output: _, errors: __, ...report } = readTranscript(decodeTranscript(transcript));
  return report;
}
