import { hashBytes } from '../../memory/memory-blobs.ts';
import { readComment } from '../../../shared/domain/machine-action.ts';
import { makeResult } from '../defender/played-content.ts';
import type { Scene, Witness } from './witness.ts';

/** I4 and I5: what is committed is whole and is what Defender holds; no blob is written twice; a row tells of a result only as it is stored. */
export function watchEvidence(scene: Scene): Witness {
  return {
    blob(container, { name, before, after }) {
      if (container === 'tickets') return;
      if (before !== null) scene.fail('I5', `The blob ${name} was ${after === null ? 'removed' : 'overwritten'}.`);
      const [, id, session, index] = /^([^/]+)\/data\/(\d+)-(\d+)-/.exec(name) ?? [];
      if (after === null || id === undefined || container !== 'evidence') return;
      const isWhole = [...scene.defender.actions.values()].some((action) => {
        const of = readComment(action.request.comment);
        return (
          of?.collectionId === id &&
          of.session === Number(session) &&
          makeResult(action, Number(index)).equals(after.content)
        );
      });
      if (!isWhole) scene.fail('I4', `The blob ${name} is not the result that Defender holds.`);
    },
    saved({ before, after }) {
      for (const result of after.results) {
        if (
          result.status !== 'stored' ||
          before?.results.some((known) => JSON.stringify(known) === JSON.stringify(result))
        )
          continue;
        const { path, sha256, bytes } = result.item;
        const stored = scene.evidence.get(`${after.id}/${path}`);
        if (stored === null) scene.fail('I4', `Collection ${after.id} tells of ${path}, which is not stored.`);
        else if (hashBytes(stored.content) !== sha256 || stored.content.length !== bytes)
          scene.fail('I4', `Collection ${after.id} gives another hash or length for ${path} than is stored.`);
      }
    },
  };
}
