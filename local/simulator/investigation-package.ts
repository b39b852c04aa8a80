import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { SeeAction } from './action-reader.ts';
import { endAction, type LifeParts } from './action-status.ts';
import { parseJson } from './http/read-body.ts';
import {
  contextOf,
  entityReply,
  errorReply,
  incorrectBody,
  jsonReply,
  missingParameter,
  notFoundReply,
  type Reply,
} from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import { type ActionStore, createAction, isOpen, type StoredAction, storeAction } from './machine-action.ts';
import { aboutAction } from './machine-actions.ts';
import { findMachine } from './machines.ts';
import { packagePath } from './results/package-link.ts';
import { bytesContent, makeETag } from './results/result.ts';
import { makeZip } from './results/zip.ts';
import type { ScenarioMachine } from './scenario.ts';
import { waitForMachine } from './wait-for-machine.ts';

/** What the endpoints of investigation packages work on; `signLink` makes the address of a package. */
export type PackageParts = {
  machines: Map<string, ScenarioMachine>;
  store: ActionStore;
  see: SeeAction;
  appName: string;
  life: LifeParts;
  signLink(actionId: string): string;
  follow(action: StoredAction, work: () => Promise<void>): void;
};

/** The endpoints that collect an investigation package and tell where it is. */
export function investigationRoutes(parts: PackageParts): Route[] {
  return [
    {
      endpoint: 'collect package',
      method: 'POST',
      path: pathPattern('machines/{}/collectInvestigationPackage'),
      about: (param) => ({ machineId: findMachine(parts.machines, param)?.id ?? null, comment: null }),
      roles: ['Machine.CollectForensics'],
      handle: (request) => collect(parts, request),
    },
    {
      endpoint: 'package uri',
      method: 'GET',
      path: pathPattern('machineactions/{}/getPackageUri'),
      about: aboutAction(parts.store),
      roles: ['Machine.Read.All', 'Machine.ReadWrite.All'],
      handle: ({ param }) => giveUri(parts, param),
    },
  ];
}

const bodySchema = z.object({ Comment: z.string().min(1).optional() });

async function collect(parts: PackageParts, request: ApiRequest): Promise<Reply> {
  const bytes = await request.readBody(1_000_000);
  const body = bodySchema.safeParse(bytes === 'too large' ? undefined : parseJson(bytes));
  if (!body.success) return incorrectBody();
  const comment = body.data.Comment;
  if (comment === undefined) return missingParameter('Comment');
  const machine = parts.machines.get(request.param.toLowerCase());
  if (machine === undefined) return notFoundReply('Machine', request.param);
  const running = [...parts.store.actions.values()].find(
    (action) => isPackage(action) && action.entity.machineId === machine.entity.id && isOpen(action),
  );
  if (running !== undefined) {
    return parts.life.switches.packageWhileRunning === 'existing'
      ? entityReply(201, 'MachineActions/$entity', running.entity)
      : errorReply(400, 'ActiveRequestAlreadyExists', 'Action is already in progress');
  }
  const entity = createAction({
    id: randomUUID(),
    type: 'CollectInvestigationPackage',
    machine: machine.entity,
    commands: [],
    comment,
    requestor: parts.appName,
    createdAt: parts.life.timestamp(),
  });
  const action = storeAction(parts.store, entity, [], parts.life.clock.now());
  const reply = entityReply(201, `${parts.life.switches.newActionContext}/$entity`, entity);
  parts.follow(action, () => livePackage(action, machine, parts.life));
  return reply;
}

async function livePackage(action: StoredAction, machine: ScenarioMachine, life: LifeParts): Promise<void> {
  if ((await waitForMachine(action, machine, life)) !== 'taken up') return;
  await life.clock.sleep(life.timings.packageMs, life.signal);
  const { id, machineId, computerDnsName, requestorComment } = action.entity;
  const now = life.clock.now();
  life.results.set(id, {
    blobPath: packagePath,
    eTag: makeETag(`${id}/${now}`),
    lastModified: new Date(now),
    subject: { machineId, comment: requestorComment, index: null },
    content: bytesContent(makeZip([{ name: 'System/hostname.txt', bytes: Buffer.from(`${computerDnsName}\r\n`) }])),
  });
  endAction(action, 'Succeeded', life);
}

/** While the action exists and is not complete, the answer is 404 as if there were none. */
function giveUri(parts: PackageParts, id: string): Reply {
  const action = parts.store.actions.get(id.toLowerCase());
  const seen = action && parts.see(action);
  if (action === undefined || seen === undefined || !isPackage(action)) return notFoundReply('Machine action', id);
  if (seen.status !== 'Succeeded') return notFoundReply('Investigation package of action', id);
  const link = parts.signLink(action.entity.id);
  const value = parts.life.switches.packageUri === 'quoted' ? `"${link}"` : link;
  return jsonReply(200, { '@odata.context': contextOf('Edm.String'), value });
}

function isPackage(action: StoredAction): boolean {
  return action.entity.type === 'CollectInvestigationPackage';
}
