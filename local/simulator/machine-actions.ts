import * as z from 'zod';
import type { Clock } from './clock.ts';
import { parseJson } from './http/read-body.ts';
import { contextOf, entityReply, errorReply, jsonReply, notFoundReply, type Reply } from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import { type ActionStore, isOpen, type StoredAction } from './machine-action.ts';
import type { Fields } from './odata/filter.ts';
import { listReply } from './odata/list-reply.ts';

/** What the machine action endpoints work on; `signLink` makes a result link, `cancel` begins a cancellation. */
export type ActionParts = {
  store: ActionStore;
  visibilityLagMs: number;
  appName: string;
  pageSize: number;
  clock: Clock;
  apiUrl(): string;
  timestamp(): string;
  signLink(blobPath: string): string;
  cancel(action: StoredAction): void;
};

const fields: Fields = {
  id: 'string',
  status: 'string',
  machineId: 'string',
  type: 'string',
  requestor: 'string',
  creationDateTimeUtc: 'time',
};

/** The endpoints below /api/machineactions; an action younger than the visibility lag does not exist for them. */
export function machineActionRoutes(parts: ActionParts): Route[] {
  const read = ['Machine.Read.All', 'Machine.ReadWrite.All'] as const;
  return [
    {
      endpoint: 'machineactions',
      method: 'GET',
      path: pathPattern('machineactions'),
      roles: read,
      handle: ({ query }) => {
        const visible = [...parts.store.actions.values()].filter((action) => isVisible(action, parts));
        const rows = visible.map((action) => action.entity).reverse();
        const address = `${parts.apiUrl()}/api/machineactions`;
        return listReply({ rows, fields, context: 'MachineActions', address, pageSize: parts.pageSize }, query);
      },
    },
    {
      endpoint: 'machineaction',
      method: 'GET',
      path: pathPattern('machineactions/{}'),
      roles: read,
      handle: ({ param }) => {
        const action = find(parts, param);
        return action === undefined ? missing(param) : entityReply(200, 'MachineActions/$entity', action.entity);
      },
    },
    {
      endpoint: 'result link',
      method: 'GET',
      path: pathPattern('machineactions/{}/GetLiveResponseResultDownloadLink(index={})'),
      roles: ['Machine.ReadWrite.All'],
      handle: ({ param, index }) => {
        const action = find(parts, param);
        if (action === undefined) return missing(param);
        const blobPath = action.resultPaths.get(Number(index));
        if (blobPath === undefined) return notFoundReply('Live response result', index);
        return jsonReply(200, { '@odata.context': contextOf('Edm.String'), value: parts.signLink(blobPath) });
      },
    },
    {
      endpoint: 'cancel',
      method: 'POST',
      path: pathPattern('machineactions/{}/cancel'),
      roles: ['Machine.LiveResponse'],
      handle: (request) => cancel(parts, request),
    },
  ];
}

async function cancel(parts: ActionParts, request: ApiRequest): Promise<Reply> {
  const bytes = await request.readBody(1_000_000);
  const schema = z.object({ Comment: z.string().min(1).optional() });
  const body = schema.safeParse(bytes === 'too large' ? undefined : parseJson(bytes));
  if (!body.success) return errorReply(400, 'InvalidRequestBody', 'Request body is incorrect');
  const comment = body.data.Comment;
  if (comment === undefined) return errorReply(400, 'MissingRequiredParameter', 'Parameter Comment is missing');
  const action = find(parts, request.param);
  if (action === undefined) return missing(request.param);
  if (!isOpen(action)) return errorReply(400, 'BadRequest', `Action ${request.param} has already ended`);
  const now = parts.timestamp();
  Object.assign(action.entity, {
    cancellationRequestor: parts.appName,
    cancellationComment: comment,
    cancellationDateTimeUtc: now,
    lastUpdateDateTimeUtc: now,
  });
  const reply = entityReply(200, 'MachineActions/$entity', action.entity);
  parts.cancel(action);
  return reply;
}

function find(parts: ActionParts, id: string): StoredAction | undefined {
  const action = parts.store.actions.get(id.toLowerCase());
  return action !== undefined && isVisible(action, parts) ? action : undefined;
}

function isVisible(action: StoredAction, parts: ActionParts): boolean {
  return parts.clock.now() - action.createdAtMs >= parts.visibilityLagMs;
}

function missing(id: string): Reply {
  return notFoundReply('Machine action', id);
}
