import { stageOf } from '../../shared/domain/collection.ts';
import { rememberBlobs } from '../memory/memory-blobs.ts';
import { rememberRows } from '../memory/memory-rows.ts';
import { seedChance } from './chance.ts';
import { playDefender } from './defender/play-defender.ts';
import { openBook } from './invariants/book.ts';
import { callWitnesses } from './invariants/call-witnesses.ts';
import { isCleared } from './invariants/never-lost.ts';
import type { Invariant, Scene, Violation, Witness } from './invariants/witness.ts';
import { openFleet } from './fleet.ts';
import { playEpisodes } from './play-episodes.ts';
import type { Figures } from './run-scenario.ts';
import type { Scenario, Strike } from './scenario.ts';
import { sendAlerts } from './send-alerts.ts';
import { chooseStrikes } from './strikes.ts';
import { deliverTickets } from './deliver-tickets.ts';
import { openTimeline } from './timeline.ts';
import { tickTimers } from './tick-timers.ts';
import { watchWeather } from './weather.ts';
import { openWire } from './wire.ts';

/** A whole world on its timeline: instances, stores, Defender, whoever sends alerts, and the witnesses. */
export interface World {
  step(): 'happened' | 'over';
  /** How many turns of the event loop the instances need for what they were given since the last look; null where they were given nothing. */
  takeTurns(): number | null;
  violation(): Violation | null;
  fail(invariant: Invariant, what: string): void;
  figures(): Omit<Figures, 'steps'>;
  readonly fired: readonly Strike[];
  possible(): readonly Strike[];
  readonly trace: readonly string[];
}

const START_MS = Date.parse('2026-11-20T08:00:00.000Z');
const HOUR_MS = 3_600_000;
/** Once everything has ended, what is left behind is to be cleared within this time; a little is waited for in any case. */
const LONGEST_CLEARING_MS = 10 * 60_000;
const SHORTEST_CLEARING_MS = 45_000;
const LOOK_MS = 15_000;

/** Builds the world of a scenario. */
export function buildWorld(scenario: Scenario, tracing: 'kept' | 'none'): World {
  const { seed, settings, faultsEndMs } = scenario;
  const timeline = openTimeline(START_MS, tossOf(`${seed} order`));
  const sinceStart = () => timeline.now() - START_MS;
  const chance = seedChance(`${seed} wire`);
  const weather = watchWeather(scenario, sinceStart, seedChance(`${seed} weather`));
  const strikes = chooseStrikes(scenario, sinceStart, seedChance(`${seed} strikes`));
  const trace: string[] = [];
  let violation: Violation | null = null;
  let turns: number | null = null;
  let starts = 0;
  let struckCalls = 0;
  const witnesses: Witness[] = [];

  const note = (who: string, what: string) => {
    if (tracing === 'kept') trace.push(`${formatTime(sinceStart())} ${who.padEnd(8)} ${what}`);
  };
  const fail = (invariant: Invariant, what: string) => {
    note('', `!!! ${invariant}: ${what}`);
    violation ??= { invariant, what, atMs: sinceStart() };
  };

  const touch = (needed: number) => {
    turns = Math.max(turns ?? 0, needed);
  };

  const book = openBook();
  const rows = rememberRows((changes) => {
    const save = book.take(changes);
    for (const witness of witnesses) witness.rows?.(changes);
    if (save === null) return;
    const { before, after } = save;
    if (before?.status !== after.status)
      note(
        '',
        `    ${after.id.slice(0, 6)}: ${before?.status ?? 'nothing'} -> ${after.status}${after.reason ? ` (${after.reason})` : ''}`,
      );
    for (const witness of witnesses) witness.saved?.(save);
  });
  const serviceNow = () => new Date(timeline.now());
  const open = (container: 'tickets' | 'evidence' | 'custody') =>
    rememberBlobs(serviceNow, (change) => {
      for (const witness of witnesses) witness.blob?.(container, change);
      if (container === 'tickets' && change.after !== null) tickets.written(change.name);
    });
  const stores = { tickets: open('tickets'), evidence: open('evidence'), custody: open('custody') };
  const defender = playDefender({
    scenario,
    timeline,
    sinceStart,
    chance: seedChance(`${seed} defender`),
    weather,
    watch: (fact) => {
      if (fact.fact === 'start') {
        starts += 1;
        note(
          'Defender',
          `start ${fact.request.comment}: ${fact.outcome}${fact.accepted ? ` as ${fact.accepted.id.slice(-3)}` : ''}`,
        );
      }
      for (const witness of witnesses) witness.defender?.(fact);
    },
  });
  const wire = openWire({
    timeline,
    chance,
    striker: { choose: strikes.choose, isAway: weather.isAway },
    crash: (life) => fleet.crash(life),
    touch,
    struck: (life) => {
      struckCalls += 1;
      for (const witness of witnesses) witness.struck?.(fleet.nameOf(life));
    },
    trace: (life, what) => {
      if (tracing === 'kept') note(fleet.nameOf(life), what());
    },
  });
  const scene: Scene = {
    scenario,
    sinceStart,
    epochMs: timeline.now,
    book,
    rows,
    evidence: stores.evidence,
    custody: stores.custody,
    defender,
    hadFaults: () => struckCalls > 0 || scenario.episodes.length > 0,
    fail,
  };
  witnesses.push(...callWitnesses(scene));
  const fleet = openFleet({
    scenario,
    timeline,
    weather,
    wire,
    chance: seedChance(`${seed} fleet`),
    shared: { rows, ...stores, defender },
    witnesses,
    note,
    touch,
  });
  const parts = { scenario, timeline, sinceStart, weather, fleet, witnesses, note };
  const tickets = deliverTickets({ ...parts, blobs: stores.tickets, chance: seedChance(`${seed} tickets`) });
  const senders = sendAlerts({ ...parts, chance: seedChance(`${seed} senders`) });
  tickTimers({ ...parts, chance: seedChance(`${seed} timers`) });
  playEpisodes({
    ...parts,
    rows,
    tickets: stores.tickets,
    defender,
    book,
    chance: seedChance(`${seed} episodes`),
  });

  let isOver = false;
  let quietSinceMs: number | null = null;
  const watchEnd = () => {
    timeline.after(LOOK_MS, watchEnd);
    const all = [...book.collections.values()];
    const ended = all.filter(({ id, status }) => stageOf(status) === 'ended' || rows.get('set-aside', id) !== null);
    const isQuiet =
      senders.areDone() && sinceStart() >= faultsEndMs && (ended.length === all.length || settings.mode === 'off');
    quietSinceMs = isQuiet ? (quietSinceMs ?? sinceStart()) : null;
    const deadlines = all.map(({ deadline }) => Date.parse(deadline) - START_MS);
    const lastMs = Math.max(faultsEndMs, ...deadlines) + HOUR_MS;
    const quietMs = quietSinceMs === null ? 0 : sinceStart() - quietSinceMs;
    const isClear = isCleared(scene) && quietMs >= SHORTEST_CLEARING_MS;
    if (!isClear && quietMs < LONGEST_CLEARING_MS && sinceStart() <= lastMs) return;
    isOver = true;
    for (const witness of witnesses) witness.end?.();
  };
  watchEnd();

  return {
    step: () => (isOver ? 'over' : timeline.step()),
    takeTurns() {
      const needed = turns;
      turns = null;
      return needed;
    },
    violation: () => violation,
    fail,
    figures() {
      const ends: Record<string, number> = {};
      for (const { status } of book.collections.values()) ends[status] = (ends[status] ?? 0) + 1;
      return { calls: wire.count(), virtualMs: sinceStart(), ends, starts };
    },
    fired: strikes.fired,
    possible: strikes.possible,
    trace,
  };
}

function tossOf(seed: string): () => number {
  const chance = seedChance(seed);
  return () => chance.next();
}

function formatTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
}
