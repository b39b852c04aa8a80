import * as z from 'zod';

/** The application roles of WindowsDefenderATP that the simulated endpoints ask for. */
export type Role =
  | 'Alert.Read.All'
  | 'Alert.ReadWrite.All'
  | 'File.Read.All'
  | 'Library.Manage'
  | 'Machine.CollectForensics'
  | 'Machine.LiveResponse'
  | 'Machine.Read.All'
  | 'Machine.ReadWrite.All';

/** The least roles with which an app can collect evidence and comment on alerts. */
export const collectorRoles: readonly Role[] = [
  'Machine.LiveResponse',
  'Machine.ReadWrite.All',
  'Library.Manage',
  'Alert.Read.All',
  'Alert.ReadWrite.All',
  'File.Read.All',
];

const audiences = [
  'https://api.securitycenter.microsoft.com',
  'https://securitycenter.onmicrosoft.com/windowsatpservice',
  'fc780465-2017-40d4-a0c5-307022471b92',
];

const claimsSchema = z.object({
  aud: z.string(),
  tid: z.string(),
  appid: z.string(),
  nbf: z.number(),
  exp: z.number(),
  roles: z.array(z.string()).default([]),
});

/** The claims of an access token that the simulator reads; times in seconds since 1970. */
export type TokenClaims = z.infer<typeof claimsSchema>;

/** What a token is minted from; times in ms. */
export type TokenRequest = {
  tenantId: string;
  appId: string;
  appName: string;
  roles: readonly string[];
  nowMs: number;
  lifetimeMs: number;
};

/** Mints an unsigned access token (`alg` none) with the claims of an app-only token of Entra. */
export function mintToken(request: TokenRequest): string {
  const issuedAt = Math.floor(request.nowMs / 1000);
  const claims = {
    aud: 'https://api.securitycenter.microsoft.com',
    iss: `https://sts.windows.net/${request.tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + Math.ceil(request.lifetimeMs / 1000),
    app_displayname: request.appName,
    appid: request.appId,
    appidacr: '2',
    idtyp: 'app',
    roles: request.roles,
    tid: request.tenantId,
    ver: '1.0',
  };
  return `${encode({ typ: 'JWT', alg: 'none' })}.${encode(claims)}.`;
}

/** What an Authorization header turned out to be: the claims, or why it is worth a 401. */
export type TokenReading = { kind: 'valid'; claims: TokenClaims } | { kind: 'refused'; why: string };

/** Reads an Authorization header and checks audience, tenant and times; roles are for the endpoint to judge. */
export function readToken(
  header: string | undefined,
  tenantId: string,
  nowMs: number,
  xdrAudience: 'refused' | 'taken',
): TokenReading {
  const token = /^Bearer ([^\s]+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return { kind: 'refused', why: 'Bearer token is missing.' };
  const claims = claimsSchema.safeParse(decodeClaims(token));
  if (!claims.success) return { kind: 'refused', why: 'Bearer token is malformed.' };
  const { aud } = claims.data;
  const isOurs = audiences.includes(aud) || (xdrAudience === 'taken' && aud === 'https://api.security.microsoft.com');
  if (!isOurs) return { kind: 'refused', why: 'The audience is invalid.' };
  if (claims.data.tid !== tenantId) return { kind: 'refused', why: 'The tenant is invalid.' };
  if (claims.data.exp * 1000 <= nowMs) return { kind: 'refused', why: 'The token is expired.' };
  if (claims.data.nbf * 1000 > nowMs) return { kind: 'refused', why: 'The token is not yet valid.' };
  return { kind: 'valid', claims: claims.data };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodeClaims(token: string): unknown {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    return JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
