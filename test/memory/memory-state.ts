import { type Collection, stageOf } from '../../shared/domain/collection.ts';
import { decideStart, giveBackLease, noteAnswer, type StartLimits, UNUSED_QUOTA } from '../../shared/domain/quota.ts';
import { rankSeverity } from '../../shared/domain/alert.ts';
import type { CollectionsPort, GovernorPort, LanesPort } from '../../shared/pipeline/ports.ts';

/** Collections in memory, with the same answers as the table's. */
export function rememberCollections(): CollectionsPort {
  const rows = new Map<string, { collection: Collection; version: number; lines: string[] }>();
  const open = new Map<string, Collection>();
  const pairs = new Map<string, string>();
  return {
    async create(collection, lines) {
      const known = rows.get(collection.id)?.collection;
      if (known !== undefined) {
        if (stageOf(known.status) === 'open') open.set(known.id, known);
        return 'exists';
      }
      open.set(collection.id, collection);
      rows.set(collection.id, { collection, version: 1, lines: lines.map((line) => line.line) });
      return 'created';
    },
    async load(id) {
      const row = rows.get(id);
      return row === undefined ? null : { collection: structuredClone(row.collection), version: String(row.version) };
    },
    async save(loaded, next, lines) {
      const row = rows.get(next.id);
      if (row === undefined || String(row.version) !== loaded.version) return 'changed meanwhile';
      rows.set(next.id, {
        collection: structuredClone(next),
        version: row.version + 1,
        lines: [...row.lines, ...lines.map((line) => line.line)],
      });
      if (open.has(next.id)) open.set(next.id, next);
      return 'saved';
    },
    async listOpen(atMost = Number.POSITIVE_INFINITY) {
      return [...open.values()]
        .slice(0, atMost)
        .sort((a, b) => rankSeverity(b.severity) - rankSeverity(a.severity) || a.receivedAt.localeCompare(b.receivedAt))
        .map(({ id, receivedAt }) => ({ id, receivedAt }));
    },
    async close(id) {
      open.delete(id);
    },
    async claimPair(pairId, collectionId) {
      const owner = pairs.get(pairId) ?? collectionId;
      pairs.set(pairId, owner);
      return owner;
    },
    async readCustody(id) {
      return [...(rows.get(id)?.lines ?? [])];
    },
  };
}

/** Lanes in memory. */
export function rememberLanes(): LanesPort {
  const held = new Map<string, string>();
  return {
    async take(machineId, collectionId) {
      const holder = held.get(machineId) ?? collectionId;
      held.set(machineId, holder);
      return holder;
    },
    async leave(machineId, collectionId) {
      if (held.get(machineId) === collectionId) held.delete(machineId);
    },
  };
}

/** A governor in memory. */
export function rememberQuota(limits: StartLimits, now: () => Date): GovernorPort {
  let quota = UNUSED_QUOTA;
  return {
    async grantStart(name) {
      const decided = decideStart(quota, name, limits, now().toISOString());
      if (decided.decision === 'later') return { grant: 'later', notBefore: decided.notBefore, reason: decided.reason };
      if (decided.decision === 'granted') quota = decided.quota;
      return { grant: 'granted' };
    },
    async giveBack(name) {
      quota = giveBackLease(quota, name);
    },
    async noteAnswer(name) {
      quota = noteAnswer(quota, name, now().toISOString());
    },
    async blockUntil(time) {
      quota = { ...quota, blockedUntil: time };
    },
    async listLeases() {
      return quota.leases;
    },
  };
}
