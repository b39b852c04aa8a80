import { DEFENDER_ID } from '../domain/alert.ts';
import { type ItemReading, leave, quoteName, refuse, take } from './item-reading.ts';
import { readField, readText } from './read-field.ts';
import { readMachineIdOf, readSeverityHint } from './read-ids.ts';

/** A row that Defender XDR streams to an event hub or a storage account (Defender XDR: streaming API). */
export function readStreamingRow(item: object): ItemReading | null {
  const table = /^AdvancedHunting-(\w{1,60})$/.exec(readText(item, 'category') ?? '')?.[1];
  if (table === undefined) return null;
  switch (table) {
    case 'AlertEvidence':
      return readEvidence(readField(item, 'properties'));
    case 'AlertInfo':
      return leave('A row of AlertInfo names no machine; the rows of AlertEvidence do.');
    default:
      return leave(`A row of ${table} names no alert.`);
  }
}

/** A row of evidence: its machine may be another than the one that Defender's alert names. */
function readEvidence(row: unknown): ItemReading {
  const service = readText(row, 'ServiceSource');
  if (service !== null && !/defender for endpoint/i.test(service))
    return leave(`It is evidence of ${quoteName(service)}, not of Defender for Endpoint.`);
  const alertId = readText(row, 'AlertId');
  if (alertId === null || !DEFENDER_ID.test(alertId)) return refuse('The row names no alert of Defender.');
  const machineId = readMachineIdOf(row, 'DeviceId');
  if (machineId === null) return leave('The row names no machine.');
  const asked = { about: 'one of its machines', machineName: null, profileId: null, files: [] } as const;
  return take([{ alertId, machineId, severity: readSeverityHint(row, 'Severity'), asked }]);
}
