import { readComment } from '../../../shared/domain/machine-action.ts';
import { hasBegun, isOpen, type PlayedAction } from '../defender/played-action.ts';
import type { Scene, Witness } from './witness.ts';

/**
 * I3: of one session of a collection at most one live response exists, unless the one before ended without having run
 * anything; an action that others started is neither taken up nor cancelled; what runs is left only when it has ended.
 */
export function watchTwice(scene: Scene): Witness {
  const sessions = new Map<string, PlayedAction[]>();
  const pairs = new Map<string, string>();
  return {
    defender(fact) {
      if (fact.fact === 'cancel' && fact.action?.from === 'somebody else')
        scene.fail('I3', `The live response ${fact.action.id} of somebody else was cancelled.`);
      if (fact.fact !== 'start' || fact.accepted === null) return;
      const name = readComment(fact.request.comment);
      if (name === null) return scene.fail('I3', 'A live response was started that names no attempt.');
      const key = `${name.collectionId}/${name.session}`;
      const known = sessions.get(key) ?? [];
      for (const other of known) {
        if (other.request.comment === fact.request.comment)
          scene.fail('I3', `Two live responses of one attempt exist: ${other.id} and ${fact.accepted.id}.`);
        else if (isOpen(other) || hasBegun(other))
          scene.fail('I3', `${key} was started again as ${fact.accepted.id} while ${other.id} exists.`);
      }
      sessions.set(key, [...known, fact.accepted]);
      const collection = scene.book.collections.get(name.collectionId);
      if (collection === undefined) return;
      const planned = 'plan' in collection ? collection.plan?.sessions[name.session]?.commands : undefined;
      if (JSON.stringify(planned) !== JSON.stringify(fact.request.commands))
        scene.fail('I3', `What was sent for ${key} is not what the plan of ${collection.id} says.`);
      if (collection.retryOf !== null) return;
      const pair = `${collection.alertId} on ${collection.machineId}`;
      const owner = pairs.get(pair) ?? collection.id;
      pairs.set(pair, owner);
      if (owner !== collection.id) scene.fail('I3', `Alert ${pair} is collected twice: ${owner} and ${collection.id}.`);
    },
    saved({ before, after }) {
      if (before?.status === 'planned' && after.status === 'starting' && after.startingAt < before.notBefore)
        scene.fail('I3', `Collection ${after.id} was started at ${after.startingAt}, before ${before.notBefore}.`);
      if ('actionId' in after && after.status === 'running') {
        const action = scene.defender.actions.get(after.actionId);
        if (action?.from !== 'the collector')
          scene.fail('I3', `Collection ${after.id} took up ${after.actionId}, which is not its own.`);
      }
      if (before?.status !== 'running' || after.status === 'running') return;
      const action = scene.defender.actions.get(before.actionId);
      const graceEndsMs = Date.parse(before.deadline) + 30 * 60_000;
      const isGivenUp = scene.epochMs() + clockRoom(scene) >= graceEndsMs;
      if (action !== undefined && isOpen(action) && !isGivenUp)
        scene.fail('I3', `Collection ${after.id} went on to ${after.status} while its live response is under way.`);
    },
  };
}

/** By how much the clock of an instance may be ahead of the services'. */
function clockRoom({ scenario, sinceStart }: Scene): number {
  return sinceStart() < scenario.faultsEndMs ? Math.max(0, ...scenario.instances.map(({ skewMs }) => skewMs)) : 0;
}
