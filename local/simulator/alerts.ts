import type { AlertBook } from './alert-book.ts';
import { contextOf, entityReply, errorReply, jsonReply, notFoundReply, type Reply } from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route, type Subject } from './http/route.ts';
import type { MachineEntity } from './machines.ts';
import type { Fields } from './odata/filter.ts';
import { type ListParts, listReply } from './odata/list-reply.ts';
import type { ScenarioAlert } from './scenario.ts';
import { updateAlert } from './update-alert.ts';

/** What the alert endpoints work on. */
export type AlertParts = ListParts & {
  alerts: AlertBook;
  findMachine(id: string): MachineEntity | undefined;
  appName: string;
  timestamp(): string;
};

const fields: Fields = {
  alertCreationTime: 'time',
  lastUpdateTime: 'time',
  lastEventTime: 'time',
  incidentId: 'number',
  investigationId: 'number',
  id: 'string',
  assignedTo: 'string',
  detectionSource: 'string',
  status: 'string',
  severity: 'string',
  category: 'string',
};

/** The endpoints below /api/alerts. */
export function alertRoutes(parts: AlertParts): Route[] {
  const find = (request: ApiRequest): ScenarioAlert | undefined => parts.alerts.find(request.param);
  const missing = (request: ApiRequest): Reply => notFoundReply('Alert', request.param);
  const read = ['Alert.Read.All', 'Alert.ReadWrite.All'] as const;
  const about = (id: string): Subject => ({
    machineId: parts.alerts.find(id)?.entity.machineId ?? null,
    comment: null,
  });
  return [
    {
      endpoint: 'alerts',
      method: 'GET',
      path: pathPattern('alerts'),
      roles: read,
      handle: ({ query }) => listAlerts(parts, parts.alerts.list(), `${parts.apiUrl()}/api/alerts`, query),
    },
    {
      endpoint: 'machine alerts',
      method: 'GET',
      path: pathPattern('machines/{}/alerts'),
      about: (param) => ({ machineId: parts.findMachine(param)?.id ?? null, comment: null }),
      roles: read,
      handle: ({ param, query }) => {
        const machine = parts.findMachine(param);
        if (machine === undefined) return notFoundReply('Machine', param);
        const alerts = parts.alerts.list().filter(({ entity }) => entity.machineId === machine.id);
        return listAlerts(parts, alerts, `${parts.apiUrl()}/api/machines/${machine.id}/alerts`, query);
      },
    },
    {
      endpoint: 'alert',
      method: 'GET',
      path: pathPattern('alerts/{}'),
      about,
      roles: read,
      handle: (request) => {
        const alert = find(request);
        return alert === undefined ? missing(request) : entityReply(200, 'Alerts/$entity', alert.entity);
      },
    },
    {
      endpoint: 'update alert',
      method: 'PATCH',
      path: pathPattern('alerts/{}'),
      about,
      roles: ['Alert.ReadWrite.All'],
      handle: async (request) => {
        const alert = find(request);
        return alert === undefined ? missing(request) : await updateAlert(parts, alert, request);
      },
    },
    {
      endpoint: 'alert files',
      method: 'GET',
      path: pathPattern('alerts/{}/files'),
      about,
      roles: ['File.Read.All'],
      handle: (request) => {
        const alert = find(request);
        if (alert === undefined) return missing(request);
        return jsonReply(200, { '@odata.context': contextOf('Files'), value: alert.relatedFiles });
      },
    },
    {
      endpoint: 'alert machine',
      method: 'GET',
      path: pathPattern('alerts/{}/machine'),
      about,
      roles: ['Machine.Read.All', 'Machine.ReadWrite.All'],
      handle: (request) => {
        const alert = find(request);
        if (alert === undefined) return missing(request);
        const machineId = alert.entity.machineId ?? '';
        const machine = parts.findMachine(machineId);
        if (machine === undefined) return notFoundReply('Machine', machineId);
        return entityReply(200, 'Machines/$entity', machine);
      },
    },
  ];
}

function listAlerts(
  parts: AlertParts,
  alerts: readonly ScenarioAlert[],
  address: string,
  query: URLSearchParams,
): Reply {
  const expand = query.get('$expand');
  if (expand !== null && expand !== 'evidence') {
    return errorReply(400, 'ODataError', `The query option $expand=${expand} is not supported.`);
  }
  const rows = alerts.map(({ entity }) => (expand === null ? { ...entity, evidence: [] } : entity));
  return listReply({ ...parts, rows: rows.reverse(), fields, context: 'Alerts', address }, query);
}
