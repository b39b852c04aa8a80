import { stageOf } from '../../../shared/domain/collection.ts';
import type { Scene, Witness } from './witness.ts';

/** I1: what was acknowledged is stored then and comes to an end; nothing is left behind in the index, the quota or the lanes. */
export function watchLost(scene: Scene): Witness {
  const acknowledged = new Set<string>();
  return {
    acknowledged(ids) {
      for (const id of ids) {
        acknowledged.add(id);
        if (!scene.book.collections.has(id)) scene.fail('I1', `Collection ${id} was acknowledged and is not stored.`);
      }
    },
    end() {
      if (scene.scenario.settings.mode === 'off') return;
      for (const id of acknowledged) {
        const collection = scene.book.collections.get(id);
        if (scene.rows.get('set-aside', id) !== null) continue;
        if (collection === undefined || stageOf(collection.status) === 'open')
          scene.fail(
            'I1',
            `Collection ${id} has not come to an end: it is ${collection?.status} (${collection?.reason}).`,
          );
      }
      for (const row of listIndex(scene)) scene.fail('I1', `Collection ${row} is still in the index of open ones.`);
      const leases = countLeases(scene);
      if (leases > 0) scene.fail('I1', `${leases} leases of live responses were not given back.`);
      if (!scene.hadFaults()) checkLanes(scene);
    },
  };
}

/** Whether nothing is left behind in the index and in the quota. */
export function isCleared(scene: Pick<Scene, 'rows'>): boolean {
  return listIndex(scene).length === 0 && countLeases(scene) === 0;
}

function listIndex({ rows }: Pick<Scene, 'rows'>): readonly string[] {
  return rows.list("PartitionKey eq 'open'").map(({ row }) => row);
}

function countLeases({ rows }: Pick<Scene, 'rows'>): number {
  const quota = rows.get('quota', 'live response')?.properties['data'];
  return (JSON.parse(String(quota ?? '{"leases":[]}')) as { leases: readonly unknown[] }).leases.length;
}

/** Where nothing went wrong nobody has a machine's turn in the end; after a fault it may be taken from whoever is done. */
function checkLanes(scene: Scene): void {
  for (const { row, stored } of scene.rows.list("PartitionKey eq 'lane'")) {
    const { holder } = JSON.parse(String(stored.properties['data'])) as { holder: string | null };
    if (holder !== null) scene.fail('I1', `Collection ${holder} still has the turn on machine ${row}.`);
  }
}
