import { createHmac } from 'node:crypto';

const version = '2019-07-07';

/** Makes the address of a blob with a read-only signature that ends at a time; whole seconds, as in real links, unless the life is short. */
export function signLink(link: {
  origin: string;
  blobPath: string;
  key: Buffer;
  nowMs: number;
  lifetimeMs: number;
}): string {
  const endsAt = new Date(link.nowMs + link.lifetimeMs).toISOString();
  const expiry = link.lifetimeMs < 60_000 ? endsAt : `${endsAt.slice(0, 19)}Z`;
  const signature = signatureOf(link.key, link.blobPath, expiry, 'r', version, 'b');
  const query = `se=${encodeURIComponent(expiry)}&sp=r&sv=${version}&sr=b&sig=${encodeURIComponent(signature)}`;
  return `${link.origin}${link.blobPath}?${query}`;
}

/** What a link's query is worth at a time. */
export type LinkReading =
  | { kind: 'valid' }
  | { kind: 'unsigned' }
  | { kind: 'forged' }
  | { kind: 'expired'; expiresAt: Date };

/** Checks the query of a link: every part must be as signed, and its time not over. */
export function readLink(blobPath: string, query: URLSearchParams, key: Buffer, nowMs: number): LinkReading {
  const part = (name: string): string => query.get(name) ?? '';
  if (part('sig') === '') return { kind: 'unsigned' };
  const expected = signatureOf(key, blobPath, part('se'), part('sp'), part('sv'), part('sr'));
  if (part('sig') !== expected) return { kind: 'forged' };
  const expiresAt = new Date(part('se'));
  return expiresAt.getTime() <= nowMs ? { kind: 'expired', expiresAt } : { kind: 'valid' };
}

function signatureOf(key: Buffer, ...parts: string[]): string {
  return createHmac('sha256', key).update(parts.join('\n')).digest('base64');
}
