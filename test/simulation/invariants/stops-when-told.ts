import { readComment } from '../../../shared/domain/machine-action.ts';
import type { Scene, Witness } from './witness.ts';

/** Nothing is started in another mode than `collect`, and no intent that was saved after a pause is sent while it lasts. */
export function watchSwitch(scene: Scene): Witness {
  let paused = false;
  const savedWhilePaused = new Set<string>();
  return {
    rows(changes) {
      for (const { partition, row, after } of changes)
        if (partition === 'control' && row === 'pause') paused = after !== null;
      if (!paused) savedWhilePaused.clear();
    },
    saved({ after }) {
      if (!paused || after.status !== 'starting') return;
      savedWhilePaused.add(`${after.id}/${after.progress.session}/${after.progress.attempt}`);
    },
    starts(comment) {
      if (scene.scenario.settings.mode !== 'collect')
        scene.fail('switch', `A live response was sent in mode ${scene.scenario.settings.mode}.`);
      const name = readComment(comment);
      if (paused && name !== null && savedWhilePaused.has(`${name.collectionId}/${name.session}/${name.attempt}`))
        scene.fail('switch', `A live response of ${name.collectionId} was sent though everything is paused.`);
    },
  };
}
