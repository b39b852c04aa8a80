import { type Collection, stageOf } from '../../shared/domain/collection.ts';
import { compareUrgency, describeOpen } from '../../shared/domain/open-entry.ts';
import {
  blockStarts,
  decideStarts,
  findRoom,
  giveBackLease,
  noteAnswer,
  noteSilent,
  type StartLimits,
  takeBackStart,
  UNUSED_STARTS,
} from '../../shared/domain/start-quota.ts';
import type { CollectionsPort, GovernorPort, LanesPort, ListingPort } from '../../shared/pipeline/ports.ts';

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
      if (stageOf(next.status) === 'open') open.set(next.id, next);
      return 'saved';
    },
    async listOpen(atMost = Number.POSITIVE_INFINITY) {
      return [...open.values()].slice(0, atMost).map(describeOpen).sort(compareUrgency);
    },
    async refreshOpen(collection) {
      open.set(collection.id, collection);
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
  let quota = UNUSED_STARTS;
  const at = () => now().toISOString();
  return {
    async findRoom() {
      return findRoom(quota, limits, at());
    },
    async grantStarts(wishes) {
      const decided = decideStarts(quota, wishes, limits, at());
      quota = decided.quota;
      return decided.decisions;
    },
    async takeBack(name) {
      quota = takeBackStart(quota, name);
    },
    async giveBack(name) {
      quota = giveBackLease(quota, name);
    },
    async noteAnswer(name) {
      quota = noteAnswer(quota, name, at());
    },
    async noteSilent(names) {
      quota = noteSilent(quota, names);
    },
    async block(ms) {
      quota = blockStarts(quota, ms, at());
    },
    async listLeases() {
      return quota.leases.map((lease) => ({ ...lease, ageMs: now().getTime() - Date.parse(lease.since) }));
    },
  };
}

/** The turn to list, in memory. */
export function rememberListing(now: () => Date): ListingPort {
  let listedMs = Number.NEGATIVE_INFINITY;
  return {
    async take(intervalMs) {
      if (now().getTime() - listedMs < intervalMs) return 'not yet';
      listedMs = now().getTime();
      return 'ours';
    },
  };
}
