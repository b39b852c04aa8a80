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
    onProgress: sayNowAndThen(ports, collectionId, key),
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

/** A copy that goes on says so as often as this, well within the time after which the poll would copy in its stead. */
const SAY_EVERY_MS = 60_000;

/** Notes now and then that somebody is at it, so that a copy that takes minutes is not begun a second time beside this one. */
function sayNowAndThen(ports: Ports, collectionId: string, { session, index }: ResultKey): () => void {
  let saidMs = ports.now().getTime();
  return () => {
    const nowMs = ports.now().getTime();
    if (nowMs - saidMs < SAY_EVERY_MS) return;
    saidMs = nowMs;
    // The copy does not wait for it, and goes on if it cannot be noted.
    applyEvent(ports, collectionId, { type: 'copy begun', session, index }).catch(() => undefined);
  };
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
