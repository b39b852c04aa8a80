import { DEFENDER_ID } from '../domain/alert.ts';
import { type ItemReading, leave, quoteName, refuse, take } from './item-reading.ts';
import { readPath, readRows, readText } from './read-field.ts';
import { readEndpointAlertId, readMachineIdOf, readSeverityHint } from './read-ids.ts';

/**
 * An alert of Microsoft Graph (security: alert, alerts_v2). Each machine of its evidence is a collection of its own, as
 * Defender's own alert names one machine only.
 */
export function readGraphAlert(item: object): ItemReading | null {
  const type = readText(item, '@odata.type') ?? '';
  const service = readText(item, 'serviceSource');
  const isGraph = /^#?microsoft\.graph\.security\.alert$/i.test(type) || service !== null;
  if (!isGraph || readText(item, 'id', 'providerAlertId') === null) return null;
  if (service !== null && !/^microsoft ?defender ?for ?endpoint$/i.test(service))
    return leave(`It is an alert of ${quoteName(service)}, not of Defender for Endpoint.`);
  const alertId =
    readEndpointAlertId(readText(item, 'providerAlertId')) ??
    readEndpointAlertId(readText(item, 'id')) ??
    (service === null ? null : readText(item, 'providerAlertId', 'id'));
  if (alertId === null) return leave('By its id it is no alert of Defender for Endpoint.');
  if (!DEFENDER_ID.test(alertId)) return refuse('Its alert id is not one of Defender.');
  const severity = readSeverityHint(item, 'severity');
  const found = readRows(item, 'evidence').flatMap((row) => readMachineIdOf(row, 'mdeDeviceId') ?? []);
  const machineIds = [...new Set(found)];
  if (machineIds.length < 2) return take([{ alertId, machineId: machineIds[0] ?? null, severity }]);
  const asked = { about: 'one of its machines', machineName: null, profileId: null, files: [] } as const;
  return take(machineIds.map((machineId) => ({ alertId, machineId, severity, asked })));
}

/** What Graph's partner topic sends in an event's data: the id of an alert and nothing else of it (Event Grid: security alert events). */
export function readGraphEvent(item: object): ItemReading | null {
  const id = readText(readPath(item, 'resourceData'), 'id') ?? readText(item, 'resource');
  const isGraph = readText(item, 'changeType') !== null && readText(item, 'resource') !== null;
  if (!isGraph || id === null) return null;
  const alertId = readEndpointAlertId(id.split('/').at(-1) ?? '');
  if (alertId === null) return leave('By its id it is no alert of Defender for Endpoint.');
  return take([{ alertId, machineId: null, severity: null }]);
}
