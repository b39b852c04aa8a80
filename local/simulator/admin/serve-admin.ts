import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { parseJson, readBody } from '../http/read-body.ts';
import { errorReply, jsonReply, type Reply } from '../http/reply.ts';
import type { Call } from '../http/call-log.ts';
import type { MachineActionEntity } from '../machine-action.ts';
import { isManualClock } from '../manual-clock.ts';
import type { ScenarioAlert, ScenarioMachine } from '../scenario.ts';
import { readAlert, readMachine } from './read-entities.ts';

/** What the admin routes show and change. */
export type AdminParts = {
  clock: Clock;
  calls(): readonly Call[];
  actions(): readonly MachineActionEntity[];
  addAlert(alert: ScenarioAlert): void;
  addMachine(machine: ScenarioMachine): void;
  tenantId: string;
};

const advanceSchema = z.strictObject({ advanceMs: z.number().min(0) });

/**
 * Answers what is below /admin/, which the real API does not have: no token, no quota, no entry in the log of calls, and
 * for this computer alone. A name that was rebound to 127.0.0.1 is seen by the Host header, a web page by its Origin.
 */
export async function serveAdmin(request: IncomingMessage, path: string, parts: AdminParts): Promise<Reply> {
  const { host = '', origin } = request.headers;
  if (origin !== undefined || !/^(localhost|127(\.\d{1,3}){3})(:\d+)?$/i.test(host)) {
    return errorReply(403, 'Forbidden', 'The admin routes answer on this computer only, by http://127.0.0.1.');
  }
  const body = async (): Promise<unknown> => {
    const bytes = await readBody(request, 10_000_000);
    return bytes === 'too large' ? undefined : parseJson(bytes);
  };
  switch (`${request.method} ${path}`) {
    case 'GET /admin/calls':
      return jsonReply(200, { value: parts.calls() });
    case 'GET /admin/actions':
      return jsonReply(200, { value: parts.actions() });
    case 'POST /admin/clock':
      return await advance(await body(), parts.clock);
    case 'POST /admin/alerts':
      return add(readAlert(await body(), parts.tenantId), parts.addAlert);
    case 'POST /admin/machines':
      return add(readMachine(await body()), parts.addMachine);
    default:
      return errorReply(404, 'NotFound', 'There is no such admin route.');
  }
}

async function advance(body: unknown, clock: Clock): Promise<Reply> {
  const read = advanceSchema.safeParse(body);
  if (!read.success) return errorReply(400, 'BadRequest', 'The body is { "advanceMs": <0 or more> }.');
  if (!isManualClock(clock)) {
    return errorReply(409, 'BadRequest', 'The clock is that of the computer: start the simulator with a manual one.');
  }
  await clock.advance(read.data.advanceMs);
  return jsonReply(200, { now: new Date(clock.now()).toISOString() });
}

function add<T extends { entity: { id: string } }>(read: T | string, keep: (entity: T) => void): Reply {
  if (typeof read === 'string') return errorReply(400, 'BadRequest', read);
  keep(read);
  return jsonReply(201, { id: read.entity.id });
}
