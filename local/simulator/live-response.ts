import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type AdmissionParts, refuseSession } from './admit-session.ts';
import { parseJson } from './http/read-body.ts';
import { entityReply, incorrectBody, missingParameter, notFoundReply, type Reply } from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import { readCommands } from './machine/read-commands.ts';
import { createAction, type StoredAction, storeAction } from './machine-action.ts';
import { findMachine } from './machines.ts';
import type { ScenarioMachine } from './scenario.ts';

/** What runliveresponse works on; `start` begins the life of an accepted action. */
export type LiveResponseParts = AdmissionParts & {
  machines: Map<string, ScenarioMachine>;
  appName: string;
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
      about: (param) => ({ machineId: findMachine(parts.machines, param)?.id ?? null, comment: null }),
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
  const read = readCommands(Commands, parts.switches);
  if (read.kind === 'malformed' || comment.length > parts.limits.commentCharacters) return incorrectBody();

  const machine = parts.machines.get(request.param.toLowerCase());
  if (machine === undefined) return notFoundReply('Machine', request.param);
  const refusal = refuseSession(machine, read.commands, parts);
  if (refusal !== undefined) return refusal;

  const entity = createAction({
    id: randomUUID(),
    type: 'LiveResponse',
    machine: machine.entity,
    commands: read.raw,
    comment,
    requestor: parts.appName,
    createdAt: parts.timestamp(),
  });
  const action = storeAction(parts.store, entity, read.commands, parts.clock.now());
  const { acceptedStatus, newActionContext } = parts.switches;
  const reply = entityReply(acceptedStatus, `${newActionContext}/$entity`, entity);
  parts.start(action, machine);
  return reply;
}
