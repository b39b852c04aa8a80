import { askForMachines } from './ask-for-machines.ts';
import { type ItemReading, leave, refuse, take } from './item-reading.ts';
import { isObject, readField, readText } from './read-field.ts';
import { readHost, readKind } from './read-hosts.ts';

/**
 * Microsoft Sentinel's entity, as its playbook trigger sends it: a machine without an alert, mostly by its name alone. It is
 * known by its incident, else by the entity's own id, so that the same trigger is the same collection.
 */
export function readSentinelEntity(item: object): ItemReading | null {
  const entity = readField(item, 'Entity');
  if (!isObject(entity)) return null;
  const kind = readKind(entity);
  const host = readHost(entity);
  const isHost = kind === null ? host.name !== null || host.machineId !== null : /(^|\/)host$/.test(kind);
  if (!isHost && kind !== null && kind.includes('/') === false)
    return leave('It is about an entity of another kind; only a Host can be collected from.');
  if (host.machineId === null && host.name === null)
    return refuse('The entity names no machine: a HostName of letters, digits, dots and dashes is needed.');
  const known = lastPart(readText(item, 'IncidentArmID')) ?? lastPart(readText(entity, 'id')) ?? 'entity';
  return take(askForMachines([host], { from: 'sentinel', known, severity: null, files: [] }));
}

/** The last part of a resource's id, which is a GUID mostly. */
function lastPart(resourceId: string | null): string | null {
  const part = resourceId?.split('/').at(-1) ?? '';
  return /^[\w-]{1,100}$/.test(part) ? part : null;
}
