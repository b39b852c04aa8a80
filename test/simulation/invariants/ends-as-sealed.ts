import { stageOf } from '../../../shared/domain/collection.ts';
import type { Scene, Witness } from './witness.ts';

/** I8: a package that was sealed ends with the reason its sealing began with, whatever put the sealing off meanwhile. */
export function watchReasons(scene: Scene): Witness {
  const began = new Map<string, string>();
  return {
    saved({ before, after }) {
      const { id, status, reason } = after;
      if (before?.status !== 'sealing' && status === 'sealing' && reason !== null) began.set(id, reason);
      if (stageOf(status) !== 'ended' || status === 'collected' || !('sealed' in after) || after.sealed === null)
        return;
      const first = began.get(id);
      if (first !== undefined && reason !== first)
        scene.fail('I8', `Collection ${id} was sealed because of "${first}" and says "${reason}".`);
    },
  };
}
