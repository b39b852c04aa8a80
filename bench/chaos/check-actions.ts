import type { Call } from '../../local/simulator/http/call-log.ts';
import type { MachineActionEntity } from '../../local/simulator/machine-action.ts';
import { readComment } from '../../shared/domain/machine-action.ts';
import type { Finding } from './finding.ts';
import type { StoredCollection } from './read-collections.ts';

/** An action as far as it is looked at. */
export type SeenAction = Pick<MachineActionEntity, 'id' | 'requestorComment' | 'machineId' | 'status'>;

/** A call as far as it is looked at. */
export type SeenCall = Pick<Call, 'endpoint' | 'status' | 'at' | 'path'>;

/**
 * I3: each collection that was to run did so once. The simulator shows an action after seconds, and the app takes none as
 * absent before three minutes have passed: so there is no second action of a collection, whatever its attempt.
 */
export function checkActions(
  actions: readonly SeenAction[],
  collections: readonly StoredCollection[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const byCollection = new Map<string, SeenAction[]>();
  for (const action of actions) {
    const where = `machine action ${action.id}`;
    if (action.status !== 'Succeeded') findings.push({ what: `It ended as ${action.status}.`, where });
    const id = readComment(action.requestorComment)?.collectionId ?? '';
    const collection = collections.find((candidate) => candidate.id === id);
    if (collection === undefined) findings.push({ what: 'No collection has sent it.', where });
    else if (collection.machineId !== action.machineId)
      findings.push({ what: `It ran on another machine than that of collection ${id}.`, where });
    byCollection.set(id, [...(byCollection.get(id) ?? []), action]);
  }
  for (const collection of collections) {
    const own = byCollection.get(collection.id) ?? [];
    findings.push(...checkRuns(collection, own), ...checkAttempts(collection));
  }
  return findings;
}

function checkRuns({ id, status, entries }: StoredCollection, actions: readonly SeenAction[]): readonly Finding[] {
  const where = `collection ${id}`;
  const comments = actions.map((action) => action.requestorComment).join('; ');
  if (status === 'merged')
    return actions.length === 0 ? [] : [{ what: `It was merged, and ran all the same: ${comments}.`, where }];
  if (actions.length !== 1)
    return [{ what: `It has ${actions.length} live responses instead of one: ${comments}.`, where }];
  const taken = entries.filter(({ event }) => event === 'started' || event === 'adopted');
  const isTheOne = taken.length === 1 && taken[0]?.detail['action'] === actions[0]?.id;
  return isTheOne ? [] : [{ what: 'Its custody log does not name the one action that ran as the one started.', where }];
}

/** Before an attempt is followed by another, the log must say that it did not start. */
function checkAttempts({ id, entries }: StoredCollection): readonly Finding[] {
  const findings: Finding[] = [];
  const comments = new Set<string>();
  let open: string | null = null;
  for (const { event, detail, number } of entries) {
    const where = `collection ${id}, custody entry ${number}`;
    if (event === 'not started') open = null;
    if (event !== 'starting') continue;
    const comment = String(detail['comment']);
    if (open !== null) findings.push({ what: `It starts ${comment} while ${open} was not settled.`, where });
    if (comments.has(comment)) findings.push({ what: `It starts ${comment} a second time.`, where });
    comments.add(comment);
    open = comment;
  }
  return findings;
}

/** I2 and I11: Defender never had to refuse a call for want of room, as it does with the very limits that the app was told; nor any start at all. */
export function checkCalls(calls: readonly SeenCall[]): readonly Finding[] {
  return calls.flatMap(({ endpoint, status, at, path }) => {
    // Without a status it was never decided, as the request was cut short by a kill.
    const isRefusedStart = endpoint === 'runliveresponse' && status !== null && status >= 300;
    if (status !== 429 && !isRefusedStart) return [];
    return [{ what: `Defender answered "${endpoint}" with ${status}.`, where: `call of ${at}, ${path}` }];
  });
}
