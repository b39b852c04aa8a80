import { readComment } from '../../../shared/domain/machine-action.ts';
import type { Scene, Witness } from './witness.ts';

/** In so much time without a fault everything that waits is started, whatever else runs before it. */
const ENOUGH_MS = 45 * 60_000;

/** I1: a deadline ends only what could not be started: none whose machine was there and free, with time left after the faults. */
export function watchGivenUp(scene: Scene): Witness {
  const started = new Set<string>();
  const { scenario } = scene;
  const wasSentInVain = (id: string) =>
    (scene.book.lines.get(id) ?? []).some((line) => line.includes('it is not sent again'));
  let isPaused = false;
  return {
    rows(changes) {
      for (const { partition, row, after } of changes)
        if (partition === 'control' && row === 'pause') isPaused = after !== null;
    },
    defender(fact) {
      if (fact.fact !== 'start') return;
      const name = readComment(fact.request.comment);
      if (name !== null) started.add(name.collectionId);
    },
    end() {
      // A pause whose order came through only after it was to be taken back holds until somebody resumes.
      if (isPaused) return;
      for (const { id, status, machineId, deadline, calledOff, ...rest } of scene.book.collections.values()) {
        if (status !== 'failed' || !('plan' in rest) || rest.plan === null || started.has(id) || calledOff !== null)
          continue;
        // What was sent three times and never arrived is given up by that, and not by its deadline.
        if (wasSentInVain(id)) continue;
        // A live response with exactly what was sent, for which another caller is named, is in its way, and says so.
        if (rest.reason?.includes('another caller or source')) continue;
        const machine = scenario.machines.find((known) => known.id === machineId);
        const spans = [...(machine?.away ?? []), ...(machine?.portal ?? [])];
        const deadlineMs = Date.parse(deadline) - scene.epochMs() + scene.sinceStart();
        const lastHindranceMs = Math.max(scenario.faultsEndMs, ...spans.map(({ toMs }) => toMs));
        if (deadlineMs - lastHindranceMs > ENOUGH_MS)
          scene.fail(
            'I1',
            `Collection ${id} was given up at its deadline and was never started, though nothing was in its way.`,
          );
      }
    },
  };
}
