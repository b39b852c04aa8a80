import { entityReply, errorReply, notFoundReply } from './http/reply.ts';
import { pathPattern, type Route } from './http/route.ts';
import type { Fields } from './odata/filter.ts';
import { type ListParts, listReply } from './odata/list-reply.ts';
import type { ScenarioMachine } from './scenario.ts';

/** A machine as Defender for Endpoint answers it. */
export type MachineEntity = {
  id: string;
  mergedIntoMachineId: string | null;
  isPotentialDuplication: boolean;
  isExcluded: boolean;
  exclusionReason: string | null;
  computerDnsName: string;
  firstSeen: string;
  lastSeen: string;
  osPlatform: string;
  osProcessor: string;
  version: string;
  lastIpAddress: string;
  lastExternalIpAddress: string;
  agentVersion: string;
  osBuild: number | null;
  healthStatus: string;
  deviceValue: string;
  rbacGroupId: number;
  rbacGroupName: string | null;
  riskScore: string;
  exposureLevel: string;
  isAadJoined: boolean;
  aadDeviceId: string | null;
  machineTags: string[];
  onboardingStatus: string;
  osArchitecture: string;
  managedBy: string;
  managedByStatus: string;
  ipAddresses: { ipAddress: string; macAddress: string | null; type: string; operationalStatus: string }[];
  vmMetadata: Record<string, unknown> | null;
};

const fields: Fields = {
  computerDnsName: 'string',
  id: 'string',
  version: 'string',
  deviceValue: 'string',
  aadDeviceId: 'string',
  machineTags: 'strings',
  lastSeen: 'time',
  exposureLevel: 'string',
  onboardingStatus: 'string',
  lastIpAddress: 'string',
  healthStatus: 'string',
  osPlatform: 'string',
  riskScore: 'string',
  rbacGroupId: 'number',
};

/** The endpoints that read machines; a single one is found by id or DNS name, and 404 stands for a tenant without any. */
export function machineRoutes(parts: ListParts & { machines: ReadonlyMap<string, ScenarioMachine> }): Route[] {
  const roles = ['Machine.Read.All', 'Machine.ReadWrite.All'] as const;
  const entities = (): MachineEntity[] => [...parts.machines.values()].map((machine) => machine.entity);
  return [
    {
      endpoint: 'machines',
      method: 'GET',
      path: pathPattern('machines'),
      roles,
      handle: ({ query }) => {
        const rows = entities();
        if (rows.length === 0) return errorReply(404, 'ResourceNotFound', 'No recent machines were found');
        const address = `${parts.apiUrl()}/api/machines`;
        return listReply({ ...parts, rows, fields, context: 'Machines', address }, query);
      },
    },
    {
      endpoint: 'machine',
      method: 'GET',
      path: pathPattern('machines/{}'),
      about: (param) => ({ machineId: findMachine(parts.machines, param)?.id ?? null, comment: null }),
      roles,
      handle: ({ param }) => {
        const machine = findMachine(parts.machines, param);
        return machine === undefined ? notFoundReply('Machine', param) : entityReply(200, 'Machines/$entity', machine);
      },
    },
  ];
}

/** Finds a machine by its id or its DNS name, in any case. */
export function findMachine(
  machines: ReadonlyMap<string, ScenarioMachine>,
  idOrName: string,
): MachineEntity | undefined {
  const wanted = idOrName.toLowerCase();
  const byId = machines.get(wanted)?.entity;
  if (byId !== undefined) return byId;
  for (const { entity } of machines.values()) if (entity.computerDnsName.toLowerCase() === wanted) return entity;
  return undefined;
}
