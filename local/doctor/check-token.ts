import { decodeJwt } from 'jose';
import * as z from 'zod';
import type { TokenSource } from '../../shared/defender/access-token.ts';
import { type EndpointName, PERMISSIONS } from '../../shared/defender/permissions.ts';
import type { Settings } from '../../shared/settings.ts';
import { describeFault } from './describe-fault.ts';
import { type Finding, ok, unknown, wrong } from './finding.ts';

/** The claims that are looked at (Entra: access token claims reference); `exp` in seconds since 1970. */
const claimsSchema = z.object({
  aud: z.string(),
  tid: z.string(),
  exp: z.number(),
  roles: z.array(z.string()).default([]),
  scp: z.string().optional(),
});

type Claims = z.infer<typeof claimsSchema>;

/** WindowsDefenderATP by its app id, which a token may name as its audience in place of the address. */
const DEFENDER_APP_ID = 'fc780465-2017-40d4-a0c5-307022471b92';

/** The endpoint that the collector calls only where comments on alerts are switched on. */
const COMMENT: EndpointName = 'comment on alert';

/** Gets a token for Defender and reads whose it is and what it opens; nothing of the token itself is in a finding. */
export async function checkToken(tokens: TokenSource, settings: Settings, now: Date): Promise<readonly Finding[]> {
  let token: string;
  try {
    token = await tokens.getToken();
  } catch (fault) {
    return [wrong('token', describeFault(fault), 'Nothing can be asked of Defender until there is a token.')];
  }
  const claims = readClaims(token);
  if (claims === null)
    return [
      unknown('token', 'There is one, but it cannot be read here.', 'The answers of the API tell whether it is taken.'),
    ];
  return [judgeClaims(claims, settings, now), judgeRoles(claims, settings)];
}

function readClaims(token: string): Claims | null {
  try {
    return claimsSchema.safeParse(decodeJwt(token)).data ?? null;
  } catch {
    return null;
  }
}

function judgeClaims({ aud, tid, exp }: Claims, settings: Settings, now: Date): Finding {
  const resource = settings.defenderScope.replace(/\/\.default$/, '').replace(/\/+$/, '');
  if (![resource, DEFENDER_APP_ID].includes(aud.replace(/\/+$/, '')))
    return wrong(
      'token',
      `It is for ${aud}, and Defender wants one for ${resource}.`,
      'Get one for that audience, or correct DEFENDER_CLOUD or DEFENDER_SCOPE.',
    );
  if (settings.defenderTenantId !== null && settings.defenderTenantId.toLowerCase() !== tid.toLowerCase())
    return wrong(
      'token',
      `It is of the tenant ${tid}, and DEFENDER_TENANT_ID is ${settings.defenderTenantId}.`,
      'Correct DEFENDER_TENANT_ID, or get the token in that tenant: alerts of another one are refused.',
    );
  const endsAt = new Date(exp * 1_000);
  if (endsAt <= now)
    return wrong(
      'token',
      `It ended at ${endsAt.toISOString()}.`,
      'Set DEFENDER_ACCESS_TOKEN again, or remove it to use the identity of the app.',
    );
  return ok('token', `For ${aud}, of the tenant ${tid}, until ${endsAt.toISOString()}.`);
}

function judgeRoles({ roles, scp }: Claims, { commentOnAlert }: Settings): Finding {
  if (scp !== undefined && roles.length === 0)
    return unknown(
      'permissions',
      "The token is a person's, so that it does not tell what the app may do.",
      'Run this as the app, or compare its grants: infra/grant-permissions.sh <object id> --check.',
    );
  const lacking = (Object.keys(PERMISSIONS) as EndpointName[]).filter(
    (endpoint) =>
      (endpoint !== COMMENT || commentOnAlert === 'on') && !PERMISSIONS[endpoint].some((role) => roles.includes(role)),
  );
  const held = `It holds ${roles.length === 0 ? 'no roles' : roles.join(', ')}`;
  if (lacking.length === 0) return ok('permissions', `${held}.`);
  const needs = new Set(lacking.map((endpoint) => PERMISSIONS[endpoint].join(' or ')));
  return wrong(
    'permissions',
    `${held}; it lacks ${[...needs].join(', ')}, and so cannot ${lacking.join(', ')}.`,
    `Grant them by infra/grant-permissions.sh${lacking.includes(COMMENT) ? ' with --comments' : ''}. A new grant takes some minutes to work, and a token that was issued before does not hold it: restart the app then.`,
  );
}
