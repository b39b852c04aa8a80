import type { Clock } from '../clock.ts';
import type { Scenario } from '../scenario.ts';
import type { Switches } from '../switches.ts';
import { readToken } from '../token.ts';
import type { TakeQuota } from './quota.ts';
import { errorReply, type Reply } from './reply.ts';
import type { Route } from './route.ts';

/** What decides whether a request may reach its endpoint. */
export type GateParts = {
  scenario: Pick<Scenario, 'tenantId' | 'lateRoles'>;
  switches: Switches;
  clock: Clock;
  takeQuota: TakeQuota;
};

/** Who calls: the app, and the roles of its token that open anything yet. */
export type Caller = { kind: 'known'; appId: string; roles: readonly string[] };

/** Reads who calls from the Authorization header; else the 401 that refuses. */
export function identify(header: string | undefined, parts: GateParts): Caller | { kind: 'refused'; reply: Reply } {
  const { scenario, switches, clock } = parts;
  const token = readToken(header, scenario.tenantId, clock.now(), switches.xdrAudience);
  if (token.kind === 'refused') {
    return { kind: 'refused', reply: errorReply(401, 'Unauthorized', `Authentication failed. ${token.why}`) };
  }
  const late = new Map<string, string>(Object.entries(scenario.lateRoles ?? {}));
  const isLate = (role: string): boolean => Date.parse(late.get(role) ?? '') > clock.now();
  const roles = token.claims.roles.filter((role) => !isLate(role));
  return { kind: 'known', appId: token.claims.appid, roles };
}

/** Refuses a caller without any of the roles of an endpoint with 403. */
export function refuseRole(route: Pick<Route, 'roles'>, caller: Pick<Caller, 'roles'>): Reply | undefined {
  if (route.roles.some((role) => caller.roles.includes(role))) return undefined;
  const message = `The application does not have any of the required application permissions (${route.roles.join(', ')}) to access the resource.`;
  return errorReply(403, 'Forbidden', message);
}
