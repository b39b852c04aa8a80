import { createHmac } from 'node:crypto';

/** The path that every package is downloaded from; which one it is, the token says. */
export const packagePath = '/safedownload/WDATP_Investigation_Package.zip';

/** Makes the address of a package, with a token that ends at a time. */
export function signPackageLink(link: {
  origin: string;
  actionId: string;
  key: Buffer;
  nowMs: number;
  lifetimeMs: number;
}): string {
  const claims = Buffer.from(`${link.actionId} ${link.nowMs + link.lifetimeMs}`).toString('base64url');
  return `${link.origin}${packagePath}?token=${claims}.${sign(claims, link.key)}`;
}

/** The action whose package a token opens; undefined if it is none of ours, or over. */
export function readPackageToken(token: string, key: Buffer, nowMs: number): string | undefined {
  const [claims = '', signature] = token.split('.');
  if (signature !== sign(claims, key)) return undefined;
  const [actionId, endsAtMs] = Buffer.from(claims, 'base64url').toString('utf8').split(' ');
  return Number(endsAtMs) > nowMs ? actionId : undefined;
}

function sign(claims: string, key: Buffer): string {
  return createHmac('sha256', key).update(claims).digest('base64url');
}
