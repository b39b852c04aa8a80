import * as z from 'zod';
import type { SeeAction } from './action-reader.ts';
import { endAction, type LifeParts, moveOn } from './action-status.ts';
import { parseJson } from './http/read-body.ts';
import { entityReply, errorReply, incorrectBody, missingParameter, notFoundReply, type Reply } from './http/reply.ts';
import { refuseRole } from './http/gate.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import { type ActionStore, isOpen, type StoredAction } from './machine-action.ts';
import { aboutAction } from './machine-actions.ts';
import type { Role } from './token.ts';

/** What cancelling works on; `follow` keeps track of what goes on after the answer. */
export type CancelParts = {
  store: ActionStore;
  see: SeeAction;
  appName: string;
  life: LifeParts;
  follow(action: StoredAction, work: () => Promise<void>): void;
};

const roles = ['Machine.LiveResponse', 'Machine.CollectForensics'] as const satisfies Role[];

/** The endpoint that cancels an action; each type of action needs the role that starts it. */
export function cancelRoutes(parts: CancelParts): Route[] {
  return [
    {
      endpoint: 'cancel',
      method: 'POST',
      path: pathPattern('machineactions/{}/cancel'),
      about: aboutAction(parts.store),
      roles,
      handle: (request) => cancel(parts, request),
    },
  ];
}

const bodySchema = z.object({ Comment: z.string().min(1).optional() });

async function cancel(parts: CancelParts, request: ApiRequest): Promise<Reply> {
  const { store, see, appName, life, follow } = parts;
  const { switches } = life;
  const bytes = await request.readBody(1_000_000);
  const body = bodySchema.safeParse(bytes === 'too large' ? undefined : parseJson(bytes));
  if (!body.success) return incorrectBody();
  const comment = body.data.Comment;
  if (comment === undefined) return missingParameter('Comment');
  const action = store.actions.get(request.param.toLowerCase());
  if (action === undefined || see(action) === undefined) return notFoundReply('Machine action', request.param);
  const refusal = refuseRole({ roles: rolesOf(action) }, request);
  if (refusal !== undefined) return refusal;
  if (!isOpen(action)) {
    return switches.cancelOfEnded === 200
      ? entityReply(200, 'MachineActions/$entity', action.entity)
      : errorReply(switches.cancelOfEnded, 'BadRequest', `Action ${request.param} has already ended`);
  }
  const now = life.timestamp();
  const asked = { cancellationRequestor: appName, cancellationComment: comment, cancellationDateTimeUtc: now };
  moveOn(action, { ...asked, lastUpdateDateTimeUtc: now }, life);
  const reply = entityReply(200, 'MachineActions/$entity', action.entity);
  follow(action, async () => {
    await life.clock.sleep(life.timings.cancelMs, life.signal);
    endAction(action, switches.cancelEnd, life);
  });
  return reply;
}

/** Actions of other types need roles that no endpoint of the simulator asks for, such as Machine.Isolate. */
function rolesOf(action: StoredAction): Role[] {
  switch (action.entity.type) {
    case 'LiveResponse':
      return ['Machine.LiveResponse'];
    case 'CollectInvestigationPackage':
      return ['Machine.CollectForensics'];
    default:
      return [];
  }
}
