import type { AlertReference, Severity } from '../domain/alert.ts';
import { fitFiles } from './fit-files.ts';
import type { Host } from './read-hosts.ts';

/** What machines are asked for by, where there is no alert of Defender: the key in the alert's place, and what is known. */
export interface MachineAsk {
  /** Of what it is, such as `sentinel`, and what it is known by there. */
  readonly from: string;
  readonly known: string;
  readonly severity: Severity | null;
  readonly files: readonly string[];
}

/** A reference for each machine: the same key and machine are always the same collection. */
export function askForMachines(hosts: readonly Host[], ask: MachineAsk): readonly AlertReference[] {
  return hosts.map(({ machineId, name }) => ({
    alertId: machineId === null ? `${ask.from}:${ask.known}:${name?.toLowerCase()}` : `${ask.from}:${ask.known}`,
    machineId,
    severity: ask.severity,
    asked: { about: 'machine', machineName: name, profileId: null, files: fitFiles(ask.files) },
  }));
}
