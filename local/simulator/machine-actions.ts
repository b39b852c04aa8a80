import type { SeeAction } from './action-reader.ts';
import { contextOf, entityReply, errorReply, jsonReply, notFoundReply, type Reply } from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import type { ActionStore, StoredAction } from './machine-action.ts';
import type { Fields } from './odata/filter.ts';
import { type ListParts, listReply } from './odata/list-reply.ts';
import type { Switches } from './switches.ts';
import type { Role } from './token.ts';

/** What the endpoints that read machine actions work on; `signLink` makes a result link. */
export type ActionParts = ListParts & {
  store: ActionStore;
  see: SeeAction;
  switches: Switches;
  signLink(blobPath: string): string;
};

const fields: Fields = {
  id: 'string',
  status: 'string',
  machineId: 'string',
  type: 'string',
  requestor: 'string',
  creationDateTimeUtc: 'time',
};

/** The endpoints that read machine actions. */
export function machineActionRoutes(parts: ActionParts): Route[] {
  const read = ['Machine.Read.All', 'Machine.ReadWrite.All'] as const;
  const about = aboutAction(parts.store);
  return [
    {
      endpoint: 'machineactions',
      method: 'GET',
      path: pathPattern('machineactions'),
      roles: read,
      handle: ({ query }) => {
        const seen = [...parts.store.actions.values()].map(parts.see).filter((entity) => entity !== undefined);
        const address = `${parts.apiUrl()}/api/machineactions`;
        return listReply({ ...parts, rows: seen.reverse(), fields, context: 'MachineActions', address }, query);
      },
    },
    {
      endpoint: 'machineaction',
      method: 'GET',
      path: pathPattern('machineactions/{}'),
      about,
      roles: read,
      handle: ({ param }) => {
        const action = parts.store.actions.get(param.toLowerCase());
        const entity = action && parts.see(action);
        return entity === undefined ? missing(param) : entityReply(200, 'MachineActions/$entity', entity);
      },
    },
    {
      endpoint: 'result link',
      method: 'GET',
      path: pathPattern('machineactions/{}/GetLiveResponseResultDownloadLink(index={})'),
      about,
      roles: linkRoles(parts.switches.resultLinkRole),
      handle: (request) => giveLink(parts, request),
    },
  ];
}

/** Tells of an action's id which machine and comment the action has. */
export function aboutAction(store: ActionStore): NonNullable<Route['about']> {
  return (id) => {
    const entity = store.actions.get(id.toLowerCase())?.entity;
    return { machineId: entity?.machineId ?? null, comment: entity?.requestorComment ?? null };
  };
}

function giveLink(parts: ActionParts, { param, index }: ApiRequest): Reply {
  const action: StoredAction | undefined = parts.store.actions.get(param.toLowerCase());
  if (action === undefined || parts.see(action) === undefined) return missing(param);
  const blobPath = action.resultPaths.get(Number(index));
  if (blobPath !== undefined) {
    return jsonReply(200, { '@odata.context': contextOf('Edm.String'), value: parts.signLink(blobPath) });
  }
  if (parts.switches.noResult === 404) return notFoundReply('Live response result', index);
  return errorReply(400, 'BadRequest', `Live response result ${index} is not available`);
}

function linkRoles(role: Switches['resultLinkRole']): Role[] {
  switch (role) {
    case 'Machine.ReadWrite.All':
    case 'Machine.LiveResponse':
      return [role];
    case 'or Machine.Read.All':
      return ['Machine.Read.All', 'Machine.ReadWrite.All'];
    default:
      return role satisfies never;
  }
}

function missing(id: string): Reply {
  return notFoundReply('Machine action', id);
}
