import * as z from 'zod';
import { readAlert } from '../../shared/defender/alerts.ts';
import { readFileProfiles } from '../../shared/defender/files.ts';
import { describeMachine } from '../../shared/defender/machines.ts';
import { AlertBody, MachineBody } from '../../shared/defender/schemas.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { Machine } from '../../shared/domain/machine.ts';
import { mergeFiles } from '../../shared/domain/merge-files.ts';

/** An alert with its machine in Defender's own shapes: what is needed to plan without asking anybody. */
const sampleSchema = z.object({
  alert: AlertBody,
  machine: MachineBody,
  files: z.object({ value: z.array(z.unknown()) }).optional(),
});

/** What a file for `npm run plan` holds: an alert with its machine, or a payload whose alert is to be looked up. */
export type SampleReading =
  | { readonly holds: 'sample'; readonly alert: Alert; readonly machine: Machine }
  | { readonly holds: 'payload' };

/** Reads `{ alert, machine, files? }` as Defender answers each; anything else is taken for a payload. */
export function readSample(value: unknown): SampleReading {
  const read = sampleSchema.safeParse(value);
  if (!read.success) return { holds: 'payload' };
  const alert = readAlert(read.data.alert);
  const files = mergeFiles(alert.files, readFileProfiles(read.data.files?.value ?? []));
  return { holds: 'sample', alert: { ...alert, files }, machine: describeMachine(read.data.machine) };
}
