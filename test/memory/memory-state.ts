import { type Collection, stageOf } from '../../shared/domain/collection.ts';
import { compareUrgency, describeOpen } from '../../shared/domain/open-entry.ts';
import {
  blockStarts,
  confirmStart,
  decideStarts,
  findRoom,
  giveBackLease,
  noteAnswer,
  noteReach,
  type StartLimits,
  takeBackStart,
  takeLease,
  UNUSED_STARTS,
} from '../../shared/domain/start-quota.ts';
import { EMPTY_LANE, type Lane, leaveLane, replaceHost, takeLane } from '../../shared/domain/lane.ts';
import type {
  CollectionsPort,
  ControlPort,
  GovernorPort,
  LanesPort,
  Pause,
  TurnPort,
} from '../../shared/pipeline/ports.ts';

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
    async noteEnded() {
      // Nothing is looked for in memory.
    },
    async close(id) {
      open.delete(id);
    },
    async setAside(id) {
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
  const lanes = new Map<string, Lane>();
  const of = (machineId: string) => lanes.get(machineId) ?? EMPTY_LANE;
  return {
    async take(machineId, name, now) {
      const taken = takeLane(of(machineId), name, now);
      lanes.set(machineId, taken.lane);
      return taken.answer;
    },
    async leave(machineId, holder) {
      lanes.set(machineId, leaveLane(of(machineId), holder));
    },
    async yieldUntil(machineId, until) {
      lanes.set(machineId, { ...of(machineId), yieldedUntil: until });
    },
    async readHost(machineId) {
      return of(machineId).host;
    },
    async becomeHost(machineId, before, collectionId) {
      lanes.set(machineId, replaceHost(of(machineId), before, collectionId));
      return of(machineId).host ?? collectionId;
    },
  };
}

/** What holds for all instances, in memory. */
export function rememberControl(): ControlPort {
  let pause: Pause | null = null;
  let requestor: string | null = null;
  return {
    async readPause() {
      return pause;
    },
    async pause(given) {
      pause = given;
    },
    async resume() {
      pause = null;
    },
    async readRequestor() {
      return requestor;
    },
    async noteRequestor(given) {
      requestor = given;
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
    async takeLease(name) {
      quota = takeLease(quota, name, at());
    },
    async noteAnswer(name) {
      quota = noteAnswer(quota, name, at());
    },
    async confirmStart(wish) {
      const confirmed = confirmStart(quota, wish, limits, at());
      quota = confirmed.quota;
      return confirmed.decision;
    },
    async noteReach(seen) {
      quota = noteReach(quota, seen);
    },
    async block(ms) {
      quota = blockStarts(quota, ms, at());
    },
    async listLeases() {
      return quota.leases.map((lease) => ({ ...lease, ageMs: now().getTime() - Date.parse(lease.since) }));
    },
  };
}

/** A turn, in memory. */
export function rememberTurn(now: () => Date): TurnPort {
  let takenMs = Number.NEGATIVE_INFINITY;
  return {
    async take(intervalMs) {
      if (now().getTime() - takenMs < intervalMs) return 'not yet';
      takenMs = now().getTime();
      return 'ours';
    },
  };
}
