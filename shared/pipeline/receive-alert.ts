import type { AlertReference } from '../domain/alert.ts';
import type { Caller } from '../domain/caller.ts';
import type { Collection } from '../domain/collection.ts';
import { chainFacts, nameCaller, NO_CUSTODY } from '../domain/custody.ts';
import { identifyCollection } from '../domain/identity.ts';
import type { Ports } from './ports.ts';

/** An alert that was claimed: its collection, and whether this call opened it. */
export interface Received {
  readonly claim: 'created' | 'exists';
  readonly collection: Collection;
}

/** Claims an alert: one collection for each alert and machine, by a create-only insert; said again, it is the same one. */
export async function receiveAlert(
  ports: Ports,
  reference: AlertReference,
  receivedFrom: string,
  caller?: Caller,
): Promise<Received> {
  const now = ports.now();
  const opened = openCollection(ports, reference, receivedFrom, now, caller);
  const receipt = { ...receiptOf(reference, receivedFrom), ...nameCaller(caller) };
  const { lines, head } = chainFacts(NO_CUSTODY, [receipt], now.toISOString(), ports.sha256);
  const collection: Collection = { ...opened, custody: head };
  const claim = await ports.collections.create(collection, lines);
  if (claim === 'created') {
    ports.log({
      event: 'received',
      collection: collection.id,
      alert: collection.alertId,
      machine: collection.machineId,
      from: receivedFrom,
    });
    return { claim, collection };
  }
  const loaded = await ports.collections.load(collection.id);
  if (loaded === null)
    throw new Error(`Collection ${collection.id} was claimed a moment ago but cannot be read; send the alert again.`);
  return { claim, collection: loaded.collection };
}

/** A collection as it begins, with nothing in its custody log. */
export function openCollection(
  ports: Ports,
  reference: AlertReference,
  receivedFrom: string,
  now: Date,
  caller?: Caller,
): Collection {
  const at = now.toISOString();
  return {
    id: identifyCollection(reference.alertId, reference.machineId, ports.sha256),
    alertId: reference.alertId,
    incidentId: null,
    tenantId: null,
    machineId: reference.machineId,
    machineName: null,
    severity: reference.severity ?? 'UnSpecified',
    title: null,
    receivedAt: at,
    receivedFrom,
    ...(caller === undefined ? {} : { caller }),
    deadline: new Date(now.getTime() + ports.deadlineHours * 3_600_000).toISOString(),
    notBefore: at,
    tries: 0,
    lostAttempts: [],
    reason: null,
    custody: NO_CUSTODY,
    documents: [],
    results: [],
    retryOf: null,
    calledOff: null,
    silence: null,
    united: [],
    pretenders: [],
    asked: reference.asked ?? null,
    status: 'received',
  };
}

function receiptOf(reference: AlertReference, receivedFrom: string) {
  const { alertId, machineId, asked } = reference;
  const wishes =
    asked === undefined
      ? {}
      : { about: asked.about, profile: asked.profileId, files: asked.files.length, machineName: asked.machineName };
  return { event: 'received', actor: receivedFrom, detail: { alert: alertId, machine: machineId, ...wishes } };
}
