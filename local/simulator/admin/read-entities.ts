import * as z from 'zod';
import type { AlertEntity, FileEntity } from '../alert-entity.ts';
import { makeAlert, makeMachine } from '../make-entities.ts';
import type { MachineEntity } from '../machines.ts';
import type { Recording, ScenarioAlert, ScenarioMachine } from '../scenario.ts';

const time = z.iso.datetime();

const alertSchema = z.strictObject({
  entity: z.looseObject({
    id: z.string().min(1),
    title: z.string(),
    severity: z.enum(['UnSpecified', 'Informational', 'Low', 'Medium', 'High']),
    alertCreationTime: time,
  }),
  relatedFiles: z.array(z.custom<FileEntity>(isObject)).default([]),
  appearsAt: time.optional(),
  updates: z.array(z.strictObject({ at: time, changes: z.custom<Partial<AlertEntity>>(isObject) })).optional(),
});

const machineSchema = z.strictObject({
  kind: z.enum(['executes', 'recorded', 'offline', 'unsupported']),
  entity: z.looseObject({
    id: z.string().regex(/^[0-9a-f]{40}$/),
    osPlatform: z.string(),
    computerDnsName: z.string(),
  }),
  recording: z.custom<Recording>((value) => isObject(value) && 'scripts' in value && 'files' in value).optional(),
  onlineAt: time.optional(),
  portalSessions: z.array(z.strictObject({ from: time, until: time })).optional(),
  stuck: z.enum(['Pending', 'InProgress']).optional(),
});

/** Reads an alert as POST /admin/alerts takes it, what its entity does not say filled in; else what is wrong with it. */
export function readAlert(body: unknown, tenantId: string): ScenarioAlert | string {
  const read = alertSchema.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  const { entity: given, relatedFiles, appearsAt, updates } = read.data;
  const more: Partial<AlertEntity> = given;
  const { id, title, severity, alertCreationTime } = given;
  const entity = makeAlert(null, { aadTenantId: tenantId, ...more, id, title, severity, alertCreationTime });
  return { entity, relatedFiles, ...(appearsAt && { appearsAt }), ...(updates && { updates }) };
}

/** Reads a machine as POST /admin/machines takes it, what its entity does not say filled in; else what is wrong with it. */
export function readMachine(body: unknown): ScenarioMachine | string {
  const read = machineSchema.safeParse(body);
  if (!read.success) return z.prettifyError(read.error);
  const { kind, entity: given, recording, onlineAt, portalSessions, stuck } = read.data;
  const more: Partial<MachineEntity> = given;
  const { id, osPlatform, computerDnsName } = given;
  const entity = makeMachine({ ...more, id, osPlatform, computerDnsName });
  const conditions = {
    ...(onlineAt && { onlineAt }),
    ...(portalSessions && { portalSessions }),
    ...(stuck && { stuck }),
  };
  if (kind !== 'recorded') return { ...conditions, kind, entity };
  if (recording === undefined) return 'A recorded machine needs a recording: { scripts, files, anyFile? }.';
  return { ...conditions, kind, entity, recording };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
