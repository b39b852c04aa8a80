import type { Alert } from '../domain/alert.ts';
import { findOwnRun, mayHaveCaused } from '../domain/own-run.ts';
import { loadReadable } from './load-readable.ts';
import type { Ports } from './ports.ts';

/** An alert that a run of ours caused: by which collection, and the sentence that says so. */
export interface CausedByUs {
  readonly collectionId: string;
  readonly reason: string;
}

/** Whether our own run caused an alert; the marks alone, which anybody can write, do not count without our record of that run. */
export async function judgeOwnRun(ports: Ports, alert: Alert, machineId: string): Promise<CausedByUs | null> {
  const own = findOwnRun(alert);
  if (own.verdict === 'not ours') return null;
  const at = alert.createdAt ?? ports.now().toISOString();
  for (const collectionId of own.collectionIds) {
    const collection = await loadReadable(ports, collectionId);
    if (mayHaveCaused(collection, own, { machineId, at }) === 'no') return null;
  }
  const [collectionId = ''] = own.collectionIds;
  const reason = `Everything that the alert names is the doing of our own run (collection ${collectionId}, by its ${own.by}); retry this one to collect nevertheless.`;
  return { collectionId, reason };
}
