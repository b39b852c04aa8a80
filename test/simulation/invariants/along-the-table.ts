import { type CollectionStatus, stageOf } from '../../../shared/domain/collection.ts';
import type { Save, Scene, Witness } from './witness.ts';

/** What may follow on what, as the design draws it. */
const NEXT: Readonly<Record<CollectionStatus, readonly CollectionStatus[]>> = {
  received: ['planned', 'skipped', 'merged', 'failed', 'cancelled'],
  planned: ['starting', 'running', 'sealing'],
  starting: ['planned', 'running', 'sealing'],
  running: ['planned', 'copying', 'sealing'],
  copying: ['planned', 'sealing'],
  sealing: ['collected', 'partial', 'failed', 'cancelled'],
  collected: [],
  partial: [],
  failed: [],
  cancelled: [],
  skipped: [],
  merged: [],
};

/** I8: a collection moves only along the table, an ended one never again; sessions, attempts and an action's status only go forward. */
export function watchTable(scene: Scene): Witness {
  return {
    saved(save) {
      const { before, after } = save;
      if (before === null) {
        if (after.status !== 'received') scene.fail('I8', `Collection ${after.id} began as ${after.status}.`);
        return;
      }
      if (stageOf(before.status) === 'ended') scene.fail('I8', `Collection ${after.id} had ended and was changed.`);
      else if (before.status !== after.status && !NEXT[before.status].includes(after.status))
        scene.fail('I8', `Collection ${after.id} went from ${before.status} to ${after.status}.`);
      const back = findBackward(save);
      if (back !== null) scene.fail('I8', `Collection ${after.id} went back: ${back}.`);
    },
  };
}

function findBackward({ before, after }: Save): string | null {
  if (before === null) return null;
  if ('progress' in before && 'progress' in after) {
    const [was, is] = [before.progress, after.progress];
    if (is.session < was.session || (is.session === was.session && is.attempt < was.attempt))
      return `from session ${was.session}, attempt ${was.attempt} to ${is.session}, ${is.attempt}`;
  }
  if (before.status === 'running' && after.status === 'running') {
    if (before.actionId !== after.actionId) return 'another action took the place of the one it waits for';
    if (before.actionStatus === 'InProgress' && after.actionStatus === 'Pending')
      return 'its action was in progress and is pending';
    if (before.commandsLeft < after.commandsLeft) return 'commands that had ended are left again';
  }
  for (const result of after.results) {
    const was = before.results.find(({ session, index }) => session === result.session && index === result.index);
    if (was?.status === 'stored' && result.status !== 'stored') return `a stored result is ${result.status}`;
  }
  return null;
}
