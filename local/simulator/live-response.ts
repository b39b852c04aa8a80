import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from './clock.ts';
import { parseJson } from './http/read-body.ts';
import { entityReply, errorReply, notFoundReply, type Reply } from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import { type ActionStore, createAction, isOpen, readCommands, type StoredAction } from './machine-action.ts';
import type { ScenarioMachine } from './scenario.ts';

/** What runliveresponse works on; `start` begins the life of an accepted action. */
export type LiveResponseParts = {
  machines: Map<string, ScenarioMachine>;
  store: ActionStore;
  sessionLimit: number;
  appName: string;
  clock: Clock;
  timestamp(): string;
  start(action: StoredAction, machine: ScenarioMachine): void;
};

/** The endpoint that starts a live response. */
export function liveResponseRoutes(parts: LiveResponseParts): Route[] {
  return [
    {
      endpoint: 'runliveresponse',
      method: 'POST',
      path: pathPattern('machines/{}/runliveresponse'),
      roles: ['Machine.LiveResponse'],
      handle: (request) => runLiveResponse(parts, request),
    },
  ];
}

const bodySchema = z.object({ Comment: z.string().min(1).optional(), Commands: z.unknown().optional() });

async function runLiveResponse(parts: LiveResponseParts, request: ApiRequest): Promise<Reply> {
  const bytes = await request.readBody(1_000_000);
  if (bytes === 'too large' || !/^application\/json\b/i.test(request.contentType)) return incorrectBody();
  const body = bodySchema.safeParse(parseJson(bytes));
  if (!body.success) return incorrectBody();
  const { Comment: comment, Commands } = body.data;
  if (comment === undefined) return missingParameter('Comment');
  if (Commands === undefined || Commands === null) return missingParameter('Commands');
  const read = readCommands(Commands);
  if (read.kind === 'malformed') return incorrectBody();

  const machine = parts.machines.get(request.param.toLowerCase());
  if (machine === undefined) return notFoundReply('Machine', request.param);
  if (machine.kind === 'unsupported') {
    const { osPlatform } = machine.entity;
    return errorReply(400, 'OsPlatformNotSupported', `Live response is not supported on OS platform ${osPlatform}`);
  }
  const open = [...parts.store.actions.values()].filter(isOpen);
  if (open.some((action) => action.entity.machineId === machine.entity.id)) {
    return errorReply(400, 'ActiveRequestAlreadyExists', 'Action is already in progress');
  }
  if (open.length >= parts.sessionLimit) return tooManySessions(parts.sessionLimit);

  const entity = createAction({
    id: randomUUID(),
    machine: machine.entity,
    commands: read.raw,
    comment,
    requestor: parts.appName,
    createdAt: parts.timestamp(),
  });
  const { commands } = read;
  const action = { entity, commands, createdAtMs: parts.clock.now(), resultPaths: new Map<number, string>() };
  parts.store.actions.set(entity.id, action);
  // Real answers to new actions name the wrong set in their context: that of machines.
  const reply = entityReply(201, 'Machines/$entity', entity);
  parts.start(action, machine);
  return reply;
}

function incorrectBody(): Reply {
  return errorReply(400, 'InvalidRequestBody', 'Request body is incorrect');
}

function missingParameter(name: string): Reply {
  return errorReply(400, 'MissingRequiredParameter', `Parameter ${name} is missing`);
}

/** The wording of this refusal is not documented, nor is its wait. */
function tooManySessions(limit: number): Reply {
  const message = `Too many requests: the maximum of ${limit} concurrently running sessions is reached.`;
  const reply = errorReply(429, 'TooManyRequests', message);
  return { ...reply, headers: { ...reply.headers, 'retry-after': '30' } };
}
