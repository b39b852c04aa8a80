import { stageOf } from '../../shared/domain/collection.ts';
import { cancelCollection } from '../../shared/pipeline/cancel-collection.ts';
import { pauseAll, resumeAll } from '../../shared/pipeline/pause.ts';
import { writeReceipt } from '../../shared/pipeline/receive-alerts.ts';
import { retryCollection } from '../../shared/pipeline/retry-collection.ts';
import { yieldMachine } from '../../shared/pipeline/yield-machine.ts';
import type { MemoryBlobs } from '../memory/memory-blobs.ts';
import type { MemoryRows } from '../memory/memory-rows.ts';
import type { Chance } from './chance.ts';
import type { PlayedDefender } from './defender/play-defender.ts';
import { REQUESTOR } from './defender/played-action.ts';
import type { Fleet, Living } from './fleet.ts';
import type { Book } from './invariants/book.ts';
import type { Episode, Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** What episodes are played with. */
export interface EpisodeParts {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly fleet: Fleet;
  readonly rows: MemoryRows;
  readonly tickets: MemoryBlobs;
  readonly defender: PlayedDefender;
  readonly book: Book;
  readonly chance: Chance;
  readonly note: (who: string, what: string) => void;
}

const TRY_AGAIN_MS = 5_000;

/** Lets the episodes of a scenario happen that are not the weather's: what operators, colleagues and accidents do. */
export function playEpisodes(parts: EpisodeParts): void {
  for (const episode of parts.scenario.episodes) {
    parts.timeline.after(episode.fromMs, () => {
      parts.note('', `*** ${JSON.stringify(episode)}`);
      begin(parts, episode);
    });
  }
}

function begin(parts: EpisodeParts, episode: Episode): void {
  const { timeline, fleet, scenario, rows, tickets, defender, book } = parts;
  switch (episode.what) {
    case 'frozen':
      for (const { life } of fleet.living()) {
        if (life.instance === episode.instance) life.frozenUntilMs = timeline.now() + episode.toMs - episode.fromMs;
      }
      return;
    case 'paused': {
      operate(parts, 'pause', async ({ ports }) => {
        await pauseAll(ports, { by: 'an operator', reason: null, running: episode.running });
      });
      timeline.after(episode.toMs - episode.fromMs, () => operate(parts, 'resume', ({ ports }) => resumeAll(ports)));
      return;
    }
    case 'yielded': {
      const id = scenario.machines[episode.machine]?.id ?? '';
      const minutes = Math.ceil((episode.toMs - episode.fromMs) / 60_000);
      operate(parts, 'yield', async ({ ports }) => {
        await yieldMachine(ports, id, { by: 'an operator', reason: null, minutes });
      });
      return;
    }
    case 'called off': {
      const alert = scenario.alerts[episode.alert];
      const found = [...book.collections.values()].find((known) => known.alertId === alert?.id);
      if (found === undefined) return;
      operate(parts, `call off ${found.id.slice(0, 6)}`, async ({ ports }) => {
        await cancelCollection(ports, found.id, { by: 'an operator', reason: null });
      });
      return;
    }
    case 'retried': {
      const alert = scenario.alerts[episode.alert];
      const found = [...book.collections.values()].find((known) => known.alertId === alert?.id);
      if (found === undefined) return;
      operate(parts, `retry ${found.id.slice(0, 6)}`, async ({ ports, ledger }) => {
        const retried = await retryCollection(ports, found.id, 'an operator');
        if ('collection' in retried) await writeReceipt(ports, ledger, [retried.collection]);
      });
      return;
    }
    case 'pretender':
      // By its requestor alone nobody can be told apart before Defender has named the collector once.
      if (episode.of === 'other requestor' && rows.get('control', 'requestor') === null) return;
      pretend(parts, episode.of);
      return;
    case 'foreign action': {
      const machineId = scenario.machines[episode.machine]?.id ?? '';
      const commands = [{ type: 'GetFile' as const, path: '/etc/hosts', madeBy: null }];
      defender.startForeign({ machineId, comment: 'Somebody looks', commands }, 'A colleague');
      return;
    }
    case 'poisoned ticket':
      tickets.put({
        name: episode.name,
        content: Buffer.from(episode.content),
        contentType: 'application/json',
        ifNoneMatch: false,
      });
      return;
    case 'poisoned row': {
      const alert = scenario.alerts[episode.alert];
      const found = [...book.collections.values()].find((known) => known.alertId === alert?.id);
      if (found === undefined || stageOf(found.status) === 'ended') return;
      rows.write([{ partition: found.id, row: 'state', properties: { schema: 2, data: '{"poison' }, expects: '*' }]);
      return;
    }
    case 'damaged index': {
      for (const { row } of rows.list("PartitionKey eq 'open'"))
        rows.write([{ partition: 'open', row, properties: { schema: 2, data: '{"spoilt' }, expects: '*' }]);
      return;
    }
    case 'away':
    case 'defender fails':
    case 'throttled':
    case 'timer silent':
    case 'clock back':
    case 'tampered library':
      return;
    default: {
      const unknown: never = episode;
      throw new Error(`Unknown episode ${JSON.stringify(unknown)}.`);
    }
  }
}

/** An operator does something on an instance, and again until it is done. */
function operate(parts: EpisodeParts, what: string, work: (on: Living) => Promise<void>): void {
  const { timeline, fleet, chance } = parts;
  const again = () => timeline.after(TRY_AGAIN_MS, () => operate(parts, what, work));
  const living = fleet.living();
  if (living.length === 0) {
    again();
    return;
  }
  const on = chance.pick(living);
  fleet.run(
    on,
    what,
    () => work(on),
    (how) => {
      if (how !== 'done') again();
    },
  );
}

/** Somebody sends something that carries the comment of a start of ours, and is not what we sent. */
function pretend(
  { scenario, defender, book }: EpisodeParts,
  of: 'other machine' | 'other commands' | 'other requestor',
) {
  const victim = [...book.collections.values()].find((known) => 'progress' in known && known.plan.sessions.length > 0);
  if (victim === undefined || !('progress' in victim)) return;
  const { session, attempt } = victim.progress;
  const comment = `Evidence Collector ${victim.id}/${session}/${Math.max(1, attempt)}`;
  const commands = victim.plan.sessions[session]?.commands ?? [];
  const other = scenario.machines.find(({ id }) => id !== victim.machineId)?.id;
  const machineId = of === 'other machine' ? (other ?? victim.machineId) : victim.machineId;
  const others = [{ type: 'GetFile' as const, path: '/etc/shadow', madeBy: null }];
  const requestor = of === 'other requestor' ? 'A colleague' : REQUESTOR;
  defender.startForeign({ machineId, comment, commands: of === 'other requestor' ? commands : others }, requestor);
}
