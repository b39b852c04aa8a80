import type * as z from 'zod';
import { familyOf, type Machine } from '../domain/machine.ts';
import type { Api } from './call-endpoint.ts';
import { refuseArgument } from './errors.ts';
import { type Found, getOne } from './get-one.ts';
import { idInPath } from './ids.ts';
import { filtered, quote } from './odata.ts';
import type { EndpointName } from './permissions.ts';
import { readBody } from './read-body.ts';
import { readPages } from './read-pages.ts';
import { MachineBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** Looks a machine up by its id (Defender: get machine by id). */
export async function getMachine(
  api: Api,
  machineId: string,
  options?: CallOptions,
): Promise<Found<'machine', Machine>> {
  const endpoint = 'get machine';
  return findMachine(api, endpoint, `/api/machines/${idInPath(endpoint, 'machine', machineId)}`, options);
}

/** Looks up the machine of an alert (Defender: get alert related machine information). */
export async function getAlertMachine(
  api: Api,
  alertId: string,
  options?: CallOptions,
): Promise<Found<'machine', Machine>> {
  const endpoint = 'get alert machine';
  return findMachine(api, endpoint, `/api/alerts/${idInPath(endpoint, 'alert', alertId)}/machine`, options);
}

/**
 * Machines of that name: as it is given, else in lower case, else, for a name without a domain, those whose DNS name
 * begins with it and a dot (Defender: list machines).
 */
export async function findMachinesByName(api: Api, name: string, options?: CallOptions): Promise<readonly Machine[]> {
  const endpoint = 'find machines';
  if (!/^[^\p{Cc}\p{Cf}\s]{1,255}$/u.test(name)) {
    const message = `'${endpoint}' was not sent: the machine name is empty, longer than 255 characters, or holds spaces or control characters. Give the name or the DNS name of one machine.`;
    throw refuseArgument(endpoint, 'InvalidArgument', message);
  }
  const lower = name.toLowerCase();
  const filters = new Set([`computerDnsName eq ${quote(name)}`, `computerDnsName eq ${quote(lower)}`]);
  if (!name.includes('.')) filters.add(`startswith(computerDnsName,${quote(`${lower}.`)})`);
  for (const filter of filters) {
    const rows = await listMachines(api, filter, options);
    if (rows.length > 0) return rows;
  }
  return [];
}

async function listMachines(api: Api, filter: string, options?: CallOptions): Promise<readonly Machine[]> {
  const endpoint = 'find machines';
  const pages = await readPages(api, endpoint, filtered('/api/machines', filter), options);
  // The page says that a list without recent machines is a 404.
  return pages.outcome === 'not found' ? [] : pages.rows.map((row) => readMachine(row, endpoint, pages.status));
}

async function findMachine(
  api: Api,
  endpoint: EndpointName,
  path: string,
  options?: CallOptions,
): Promise<Found<'machine', Machine>> {
  const found = await getOne(api, endpoint, path, options);
  if (found === null) return { outcome: 'not found' };
  return { outcome: 'found', machine: readMachine(found.json, endpoint, found.status), raw: found.text };
}

function readMachine(json: unknown, endpoint: EndpointName, status: number): Machine {
  return describeMachine(readBody(MachineBody, json, endpoint, status));
}

/** A machine in the shape in which Defender answers it, as far as planning and the record need it. */
export function describeMachine(body: z.infer<typeof MachineBody>): Machine {
  const osPlatform = body.osPlatform ?? '';
  return {
    id: body.id,
    name: body.computerDnsName,
    osPlatform,
    operatingSystem: familyOf(osPlatform),
    tags: body.machineTags,
    group: body.rbacGroupName,
    healthStatus: body.healthStatus,
    mergedInto: body.mergedIntoMachineId,
  };
}
