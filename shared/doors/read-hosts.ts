import { isMachineName } from './machine-name.ts';
import { isObject, readField, readPath, readRows, readText } from './read-field.ts';
import { readMachineIdOf } from './read-ids.ts';

/** A machine as an entity of Sentinel names it: by the id that Defender gave it, by its name, or by both. */
export interface Host {
  readonly machineId: string | null;
  readonly name: string | null;
}

/** The machines among entities, each once; entities are flat, or have their facts in `properties`. */
export function readHosts(entities: readonly object[]): readonly Host[] {
  const hosts = entities.filter(isHost).map(readHost);
  const named = hosts.filter((host) => host.machineId !== null || host.name !== null);
  return [...new Map(named.map((host) => [host.machineId ?? `name ${host.name?.toLowerCase()}`, host])).values()];
}

/** The machines that a connector's action "Get Hosts" added beside a trigger's own fields. */
export function readAddedHosts(item: object): readonly Host[] {
  return readHosts(readRows(item, 'Hosts').map((host) => ({ ...host, kind: 'Host' })));
}

/** The id of the only machine; null when there is none, or several, of which the alert's own is not known here. */
export function onlyMachineId(hosts: readonly Host[]): string | null {
  const [only, ...others] = hosts;
  return others.length === 0 ? (only?.machineId ?? null) : null;
}

/** A Host entity, as a machine. */
export function readHost(entity: object): Host {
  const facts = factsOf(entity);
  const machineId =
    readMachineIdOf(readField(facts, 'additionalData'), 'MdatpDeviceId') ??
    readMachineIdOf(entity, 'MdatpDeviceId') ??
    readMachineIdOf(facts, 'MdatpDeviceId', 'mdeDeviceId', 'machineId');
  return { machineId, name: readName(facts) };
}

/** The kind of an entity in lower case, such as `host`; null when it names none. */
export function readKind(entity: object): string | null {
  const kind = readText(entity, 'kind') ?? readText(entity, 'type');
  return kind === null ? null : kind.toLowerCase();
}

/** The full paths of the File entities, each once; entities are flat, or have their facts in `properties`. */
export function readFilePaths(entities: readonly object[]): readonly string[] {
  const files = entities.filter((entity) => readKind(entity) === 'file').map(factsOf);
  return [
    ...new Set(files.flatMap((file) => joinPath(readText(file, 'directory'), readText(file, 'fileName', 'name')))),
  ];
}

function isHost(entity: object): boolean {
  return readKind(entity) === 'host';
}

function factsOf(entity: object): object {
  const properties = readField(entity, 'properties');
  return isObject(properties) ? properties : entity;
}

function readName(facts: object): string | null {
  const host = readText(facts, 'hostName', 'netBiosName');
  const domain = readText(facts, 'dnsDomain') ?? readText(readPath(facts, 'additionalData'), 'dnsDomain');
  if (host === null) return null;
  const name = domain === null || host.includes('.') ? host : `${host}.${domain}`;
  return isMachineName(name) ? name : null;
}

function joinPath(directory: string | null, name: string | null): readonly string[] {
  if (directory === null || name === null) return [];
  const separator = directory.includes('/') && !directory.includes('\\') ? '/' : '\\';
  return [`${directory.replace(/[\\/]+$/, '')}${separator}${name}`];
}
