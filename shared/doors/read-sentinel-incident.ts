import type { AlertReference } from '../domain/alert.ts';
import { askForMachines } from './ask-for-machines.ts';
import { type ItemReading, leave, quoteName, refuse, take } from './item-reading.ts';
import { isObject, readField, readRows, readText } from './read-field.ts';
import { onlyMachineId, readAddedHosts, readFilePaths, readHosts } from './read-hosts.ts';
import { readEndpointAlertId, readSeverityHint } from './read-ids.ts';
import { isCollectable } from './sentinel-product.ts';

/**
 * Microsoft Sentinel's incident, as its playbook trigger sends it or as the resource alone (Microsoft Sentinel connector:
 * Incident). Its alerts of Defender for Endpoint are taken. Where it has none, its machines are, if its alerts are ones of
 * Sentinel's own rules: what they were found on is all that they tell.
 */
export function readSentinelIncident(item: object): ItemReading | null {
  const object = readField(item, 'object');
  const incident = isObject(object) ? object : item;
  const properties = readField(incident, 'properties');
  const isIncident =
    readText(item, 'objectSchemaType')?.toLowerCase() === 'incident' ||
    /securityinsights\/incidents$/i.test(readText(incident, 'type') ?? '');
  if (!isIncident) return readBareId(item);
  const alerts = readRows(properties, 'alerts').map((alert) => readField(alert, 'properties') ?? alert);
  const entities = readRows(properties, 'relatedEntities');
  const added = readAddedHosts(item);
  const hosts = added.length > 0 ? added : readHosts(entities);
  const machineId = onlyMachineId(hosts);
  const ours = alerts.flatMap((alert): AlertReference[] => {
    const alertId = readEndpointAlertId(readText(alert, 'providerAlertId'));
    const severity = readSeverityHint(alert, 'severity') ?? readSeverityHint(properties, 'severity');
    return alertId === null ? [] : [{ alertId, machineId, severity }];
  });
  if (ours.length > 0) return take(ours);
  const products = alerts.map((alert) => readText(alert, 'productName'));
  if (alerts.length > 0 && !products.some(isCollectable)) {
    const names = [...new Set(products.map(quoteName))].slice(0, 5);
    return leave(`Its alerts are of ${names.join(', ')}, not of Defender for Endpoint.`);
  }
  const known = readText(incident, 'name') ?? readText(incident, 'id')?.split('/').at(-1) ?? null;
  if (known === null || !/^[\w-]{1,100}$/.test(known)) return refuse('The incident has no id.');
  const ask = {
    from: 'sentinel',
    known,
    severity: readSeverityHint(properties, 'severity'),
    files: readFilePaths(entities),
  };
  if (hosts.length === 0) return leave('The incident names neither an alert of Defender for Endpoint nor a machine.');
  return take(askForMachines(hosts, ask));
}

/** A playbook may send no more than the incident's id, which says nothing of its alerts. */
function readBareId(item: object): ItemReading | null {
  const isBare = readText(item, 'incidentArmId') !== null && Object.keys(item).length === 1;
  return isBare ? refuse('It names an incident but none of its alerts: send the whole body of the trigger.') : null;
}
