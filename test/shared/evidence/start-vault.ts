import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { VaultKey } from '../../../shared/evidence/signing-vault.ts';
import { makeKey, type TestKey } from './signing-keys.ts';

const VAULT_URL = 'https://soc.vault.azure.net';
const TOKEN = 'PLANTED-TOKEN';
const TENANT = 'a839b112-1253-6432-9bf6-94542403f21c';

/** A version of the stand-in's one key, `evidence`. */
export interface Version {
  readonly version: string;
  readonly key: TestKey;
  enabled: boolean;
  /** What the service says of the key, where a test wants it otherwise. */
  overrides: Readonly<Record<string, unknown>>;
  attributes: Readonly<Record<string, unknown>>;
}

/** An answer in place of the real one. */
export interface Refusal {
  readonly on: 'get' | 'sign' | 'versions';
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Key Vault's REST API on loopback, as far as signing needs it (Key Vault REST: get key, get key versions, sign). */
export interface Vault {
  readonly versions: Version[];
  /** Method, path and whether a token came with it, of every request in order. */
  readonly asked: string[];
  readonly refusals: Refusal[];
  /** What a signature is made by in place of its key; null for the key itself. */
  readonly forger: { key: TestKey | null };
  /** The newest version is current. */
  readonly rotate: () => Version;
  readonly reach: Pick<VaultKey, 'vaultUrl' | 'name' | 'openCredential' | 'httpClient'>;
  readonly scopes: (string | string[])[];
  readonly close: () => Promise<void>;
}

const signBody = z.strictObject({ alg: z.literal('ES256'), value: z.string().regex(/^[\w-]{43}$/) });

export async function startVault(): Promise<Vault> {
  const versions: Version[] = [];
  const asked: string[] = [];
  const refusals: Refusal[] = [];
  const forger: Vault['forger'] = { key: null };
  const scopes: (string | string[])[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch((fault: unknown) => {
      response.writeHead(599).end(String(fault));
    });
  });
  const reply = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', VAULT_URL);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
    asked.push(`${request.method} ${url.pathname}${isKnown ? '' : ' without a token'}`);
    if (!/^\d{4}-\d\d-\d\d$|^7\.\d$/.test(url.searchParams.get('api-version') ?? ''))
      return reply(response, 400, { error: { code: 'BadParameter', message: 'api-version' } });
    if (!isKnown) {
      const challenge = `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`;
      return reply(response, 401, { error: { code: 'Unauthorized' } }, { 'www-authenticate': challenge });
    }
    const [, , , wanted = '', verb] = url.pathname.split('/');
    const on = wanted === 'versions' ? 'versions' : verb === 'sign' ? 'sign' : 'get';
    if (refusals[0]?.on === on) {
      const [refusal] = refusals.splice(0, 1);
      const error = { code: refusal?.code, message: `SECRET ${TOKEN}` };
      return reply(response, refusal?.status ?? 500, { error }, refusal?.headers);
    }
    const kid = (version: string) => `${VAULT_URL}/keys/evidence/${version}`;
    if (on === 'versions') {
      const value = versions.map(({ version, enabled }) => ({ kid: kid(version), attributes: { enabled } }));
      return reply(response, 200, { value, nextLink: null });
    }
    const found = wanted === '' ? versions.at(-1) : versions.find(({ version }) => version === wanted);
    if (found === undefined) return reply(response, 404, { error: { code: 'KeyNotFound' } });
    if (on === 'get') {
      const { x, y } = found.key.publicKey;
      const key = { kid: kid(found.version), kty: 'EC', crv: 'P-256', x, y, key_ops: ['sign', 'verify'] };
      const attributes = { enabled: found.enabled, created: 1, updated: 1, ...found.attributes };
      return reply(response, 200, { key: { ...key, ...found.overrides }, attributes });
    }
    if (request.method !== 'POST') return reply(response, 405, {});
    const { value } = signBody.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const signature = signDigest(Buffer.from(value, 'base64url'), forger.key ?? found.key);
    return reply(response, 200, { kid: kid(found.version), value: signature.toString('base64url') });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen on a port gives an address object, never a pipe's name
  const { port } = server.address() as AddressInfo;
  const vault: Vault = {
    versions,
    asked,
    refusals,
    forger,
    scopes,
    rotate() {
      const version = String(versions.length + 1).padStart(32, '0');
      const made: Version = { version, key: makeKey(), enabled: true, overrides: {}, attributes: {} };
      versions.push(made);
      return made;
    },
    reach: {
      vaultUrl: VAULT_URL,
      name: 'evidence',
      openCredential: async () => ({
        getToken: async (scope) => {
          scopes.push(scope);
          return { token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      }),
      httpClient: sendTo(`http://127.0.0.1:${port}`),
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  vault.rotate();
  return vault;
}

/** What the SDK sends to the vault goes to that origin instead, over a real connection. */
function sendTo(origin: string): NonNullable<VaultKey['httpClient']> {
  return {
    async sendRequest(request) {
      const { pathname, search } = new URL(request.url);
      const answer = await fetch(`${origin}${pathname}${search}`, {
        method: request.method,
        headers: request.headers.toJSON(),
        ...(typeof request.body === 'string' ? { body: request.body } : {}),
        ...(request.abortSignal === undefined ? {} : { signal: toSignal(request.abortSignal) }),
      });
      const headers = request.headers;
      const held = new Map(answer.headers);
      return {
        request,
        status: answer.status,
        bodyAsText: await answer.text(),
        headers: {
          get: (name) => held.get(name.toLowerCase()),
          set: (name, value) => void held.set(name.toLowerCase(), String(value)),
          has: (name) => held.has(name.toLowerCase()),
          delete: (name) => void held.delete(name.toLowerCase()),
          toJSON: () => Object.fromEntries(held),
          [Symbol.iterator]: () => held[Symbol.iterator](),
        } satisfies typeof headers,
      };
    },
  };
}

/** The SDK's signals are the platform's, by a narrower type. */
function toSignal(signal: unknown): AbortSignal {
  if (!(signal instanceof AbortSignal)) throw new TypeError('Another kind of signal.');
  return signal;
}

/** The ES256 signature over a digest, by openssl: node:crypto signs no digest on an elliptic curve, only what it hashes itself. */
function signDigest(digest: Uint8Array, { privateKey }: TestKey): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'vault-'));
  try {
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(join(folder, 'digest'), digest);
    const der = execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', 'key.pem', '-in', 'digest'], { cwd: folder });
    return readDer(der);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** r and s of an ECDSA signature in DER (RFC 3279, 2.2.3: a sequence of two integers), 32 bytes each. */
function readDer(der: Buffer): Buffer {
  const readInteger = (at: number) => der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0));
  const r = readInteger(2);
  const s = readInteger(4 + r.length);
  const pad = (integer: Buffer) => Buffer.concat([Buffer.alloc(32), integer]).subarray(-32);
  return Buffer.concat([pad(r), pad(s)]);
}
