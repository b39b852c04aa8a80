import { askForMachines } from './ask-for-machines.ts';
import { type ItemReading, leave, quoteName, refuse, take } from './item-reading.ts';
import { isObject, readField, readRows, readText } from './read-field.ts';
import { onlyMachineId, readAddedHosts, readFilePaths, readHosts } from './read-hosts.ts';
import { readEndpointAlertId, readSeverityHint } from './read-ids.ts';
import { isCollectable } from './sentinel-product.ts';

/**
 * Microsoft Sentinel's alert, flat as its playbook trigger sends it, or as a resource of kind SecurityAlert. Taken by the id
 * that Defender for Endpoint gave it, else, for an alert of Sentinel's own rules, by the machines among its entities.
 */
export function readSentinelAlert(item: object): ItemReading | null {
  const properties = readField(item, 'properties');
  const isResource = readText(item, 'kind')?.toLowerCase() === 'securityalert' && isObject(properties);
  const alert = isResource ? properties : item;
  const known = readText(alert, 'systemAlertId');
  if (known === null) return null;
  const entities = readRows(alert, 'entities');
  const added = readAddedHosts(item);
  const hosts = added.length > 0 ? added : readHosts(entities);
  const severity = readSeverityHint(alert, 'alertSeverity', 'severity');
  for (const field of ['providerAlertId', 'vendorOriginalId']) {
    const alertId = readEndpointAlertId(readText(alert, field));
    if (alertId !== null) return take([{ alertId, machineId: onlyMachineId(hosts), severity }]);
  }
  const product = readText(alert, 'productName');
  if (!isCollectable(product)) {
    const name = quoteName(product ?? readText(alert, 'providerName'));
    return leave(`It is an alert of ${name}, not of Defender for Endpoint.`);
  }
  if (hosts.length === 0) return leave('The alert names no machine, so there is nothing to collect from.');
  if (!/^[\w-]{1,100}$/.test(known))
    return refuse('The id of the alert in Sentinel is not letters, digits and dashes.');
  const ask = { from: 'sentinel', known, severity, files: readFilePaths(entities) };
  return take(askForMachines(hosts, ask));
}
