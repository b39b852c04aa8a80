import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquireTokens } from '../../../shared/defender/access-token.ts';
import { CLOUD_NAMES, CLOUDS } from '../../../shared/defender/clouds.ts';
import {
  type AskableIdentity,
  type CredentialOptions,
  openCredential,
} from '../../../shared/defender/open-credential.ts';

const TENANT = 'a839b112-1253-6432-9bf6-94542403f21c';
const CLIENT = '11111111-2222-3333-4444-555555555555';
/** Identities differ from test to test: their tokens are kept by the process. */
const OWN = '66666666-7777-8888-9999-000000000000';
const APP = { tenantId: TENANT, clientId: CLIENT } as const;
const SECRET: AskableIdentity = { by: 'client secret', ...APP, clientSecret: 'PLANTED-SECRET' };

type HttpClient = NonNullable<CredentialOptions['httpClient']>;
type Headers = Awaited<ReturnType<HttpClient['sendRequest']>>['headers'];

/** What was asked of Entra: where, and the form's fields. */
interface Asked {
  readonly url: string;
  readonly form: URLSearchParams;
}

/** Entra's token endpoint as the credentials see it: tokens entra-1, entra-2, …, or the errors in `refusals` first. */
function startEntra(refusals: { readonly status: number; readonly error: string; readonly text: string }[] = []) {
  const asked: Asked[] = [];
  let issued = 0;
  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      asked.push({ url: request.url.split('?')[0] ?? '', form: new URLSearchParams(String(request.body)) });
      const refusal = refusals.shift();
      if (refusal === undefined) issued += 1;
      const body =
        refusal === undefined
          ? { token_type: 'Bearer', expires_in: 3599, access_token: `entra-${issued}` }
          : { error: refusal.error, error_description: refusal.text };
      const status = refusal?.status ?? 200;
      return { request, status, headers: makeHeaders(), bodyAsText: JSON.stringify(body) };
    },
  };
  return { asked, httpClient };
}

function makeHeaders(): Headers {
  const held = new Map([['content-type', 'application/json']]);
  return {
    get: (name) => held.get(name.toLowerCase()),
    set: (name, value) => void held.set(name.toLowerCase(), String(value)),
    has: (name) => held.has(name.toLowerCase()),
    delete: (name) => void held.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(held),
    [Symbol.iterator]: () => held[Symbol.iterator](),
  };
}

/** The endpoint where the platform gives a managed identity's tokens, as App Service has it. */
async function startPlatform() {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://platform').searchParams;
    asked.push(query);
    if (request.headers['x-identity-header'] !== 'platform-header') return void response.writeHead(401).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    const body = { access_token: `own-token-for-${query.get('resource')}`, token_type: 'Bearer' };
    response.end(JSON.stringify({ ...body, expires_on: `${Math.floor(Date.now() / 1_000) + 3_600}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen on a port gives an address object, never a pipe's name
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { asked, close, endpoint: `http://127.0.0.1:${port}/msi/token` };
}

async function ask(identity: AskableIdentity, cloud: keyof typeof CLOUDS, httpClient: HttpClient) {
  const { authority, exchangeScope, scope } = CLOUDS[cloud];
  return (await openCredential(identity, { authority, exchangeScope, httpClient })).getToken(scope);
}

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());
afterEach(() => {
  vi.unstubAllEnvs();
  platform.asked.length = 0;
});

function haveIdentity(): void {
  vi.stubEnv('IDENTITY_ENDPOINT', platform.endpoint);
  vi.stubEnv('IDENTITY_HEADER', 'platform-header');
}

describe('a client secret', () => {
  it.each(CLOUD_NAMES)("is shown to the authority of the cloud '%s', for its scope", async (cloud) => {
    const { asked, httpClient } = startEntra();
    expect(await ask(SECRET, cloud, httpClient)).toMatchObject({ token: 'entra-1' });
    const host = cloud === 'gcc-high' || cloud === 'dod' ? 'login.microsoftonline.us' : 'login.microsoftonline.com';
    expect(asked.map(({ url }) => url)).toEqual([`https://${host}/${TENANT}/oauth2/v2.0/token`]);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      client_id: CLIENT,
      client_secret: 'PLANTED-SECRET',
      scope: CLOUDS[cloud].scope,
    });
    expect(platform.asked).toEqual([]);
  });

  it('is asked with again after a 401, once, though the credential still has its token', async () => {
    const { asked, httpClient } = startEntra();
    const { authority, exchangeScope, scope } = CLOUDS.commercial;
    const tokens = acquireTokens({
      scope,
      advice: 'Look.',
      openCredential: () => openCredential(SECRET, { authority, exchangeScope, httpClient }),
    });
    expect(await tokens.getToken()).toBe('entra-1');
    expect(await tokens.getToken()).toBe('entra-1');
    expect(asked).toHaveLength(1);
    expect(await tokens.renewToken('entra-1')).toBe('entra-2');
    expect(asked).toHaveLength(2);
    expect(tokens.countRenewals()).toBe(1);
  });

  it.each([
    ['TokenRefused', 401, 'invalid_client', 'AADSTS7000215: Invalid client secret PLANTED-SECRET provided.'],
    ['TokenRefused', 400, 'unauthorized_client', "AADSTS700016: Application 'PLANTED-SECRET' was not found."],
    ['TokenRefused', 400, 'invalid_client', 'AADSTS700213: No matching federated identity record PLANTED-SECRET.'],
    ['TokenUnavailable', 400, 'temporarily_unavailable', 'AADSTS90033: A transient error PLANTED-SECRET.'],
  ])('comes to %s (%i %s) without a word of what was sent', async (code, status, error, text) => {
    const { httpClient } = startEntra([{ status, error, text }]);
    const { authority, exchangeScope, scope } = CLOUDS.commercial;
    const tokens = acquireTokens({
      scope,
      advice: 'Look at DEFENDER_CLIENT_SECRET.',
      openCredential: () => openCredential(SECRET, { authority, exchangeScope, httpClient }),
    });
    const fault = await tokens.getToken().catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ name: 'TokenError', code });
    expect(String(fault)).toContain(text.slice(0, text.indexOf(':')));
    expect(String(fault)).toContain('Look at DEFENDER_CLIENT_SECRET.');
    expect(String(fault)).not.toContain('PLANTED-SECRET');
    expect(await tokens.getToken()).toBe('entra-1');
  });
});

describe('a client certificate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const content = Buffer.from('the bytes of a certificate, of which only the hash is used');
  const certificate = `-----BEGIN CERTIFICATE-----\n${content.toString('base64')}\n-----END CERTIFICATE-----\n`;
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('signs what is shown to the authority', async () => {
    const certificatePath = join(folder, 'app.pem');
    await writeFile(certificatePath, `${certificate}${key}`);
    const { asked, httpClient } = startEntra();
    await ask({ by: 'client certificate', ...APP, certificatePath }, 'gcc-high', httpClient);
    const [call] = asked;
    expect(call?.url).toBe(`https://login.microsoftonline.us/${TENANT}/oauth2/v2.0/token`);
    expect(call?.form.get('scope')).toBe(CLOUDS['gcc-high'].scope);
    const [head = '', claims = '', signature = ''] = (call?.form.get('client_assertion') ?? '').split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({
      'x5t#S256': createHash('sha256').update(content).digest('base64url'),
    });
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: CLIENT, sub: CLIENT });
    const padding = { key: createPublicKey(privateKey), padding: 6, saltLength: 32 };
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), padding, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it.each([
    ['is not there', null, 'cannot be read'],
    ['is no PEM', 'PLANTED-SECRET', 'holds no certificate'],
    ['has no key', certificate, 'holds no private key'],
    [
      'has a key with a password',
      `${certificate}-----BEGIN ENCRYPTED PRIVATE KEY-----\nPLANTED-SECRET\n-----END ENCRYPTED PRIVATE KEY-----\n`,
      'needs no password',
    ],
  ])('says so when its file %s', async (_, text, why) => {
    const certificatePath = join(folder, 'PLANTED-SECRET.pem');
    if (text !== null) await writeFile(certificatePath, text);
    const { asked, httpClient } = startEntra();
    const fault = await ask({ by: 'client certificate', ...APP, certificatePath }, 'commercial', httpClient).catch(
      (thrown: unknown) => thrown,
    );
    expect(fault).toMatchObject({ name: 'TokenError', code: 'TokenRefused', message: expect.stringContaining(why) });
    expect(String(fault)).toContain('DEFENDER_CLIENT_CERTIFICATE_PATH');
    expect(String(fault)).not.toContain('PLANTED-SECRET');
    expect(asked).toEqual([]);
  });
});

describe('a managed identity', () => {
  it.each([
    ['system-assigned', null],
    ['user-assigned', OWN],
  ])('that is %s is asked of the platform, for the resource of the scope', async (_, clientId) => {
    haveIdentity();
    const { asked, httpClient } = startEntra();
    const { scope } = CLOUDS.gcc;
    expect(await ask({ by: 'managed identity', clientId }, 'gcc', httpClient)).toMatchObject({
      token: `own-token-for-${scope.replace('/.default', '')}`,
    });
    expect(platform.asked.map((query) => [query.get('resource'), query.get('client_id')])).toEqual([
      ['https://api-gcc.securitycenter.microsoft.us', clientId],
    ]);
    expect(asked).toEqual([]);
  });

  it('that the platform only has the rejected token of is told from one that can be renewed', async () => {
    haveIdentity();
    const { authority, exchangeScope, scope } = CLOUDS.commercial;
    const tokens = acquireTokens({
      scope,
      advice: 'Look.',
      openCredential: () => openCredential({ by: 'managed identity', clientId: OWN }, { authority, exchangeScope }),
    });
    const token = await tokens.getToken();
    expect(await tokens.renewToken(token)).toBeNull();
    expect(tokens.countRenewals()).toBe(1);
  });
});

describe('a federated credential', () => {
  it.each([
    ['commercial', 'api://AzureADTokenExchange', 'login.microsoftonline.com', `${OWN.slice(0, -1)}1`],
    ['gcc', 'api://AzureADTokenExchange', 'login.microsoftonline.com', `${OWN.slice(0, -1)}2`],
    ['dod', 'api://AzureADTokenExchangeUSGov', 'login.microsoftonline.us', `${OWN.slice(0, -1)}3`],
  ] as const)("shows the managed identity's token to the other tenant (%s)", async (cloud, audience, host, own) => {
    haveIdentity();
    const { asked, httpClient } = startEntra();
    const identity = { by: 'federated credential', ...APP, managedIdentityClientId: own } as const;
    expect(await ask(identity, cloud, httpClient)).toMatchObject({ token: 'entra-1' });
    expect(new Set(platform.asked.map((query) => `${query.get('resource')} ${query.get('client_id')}`))).toEqual(
      new Set([`${audience} ${own}`]),
    );
    expect(asked.map(({ url }) => url)).toEqual([`https://${host}/${TENANT}/oauth2/v2.0/token`]);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      client_id: CLIENT,
      scope: CLOUDS[cloud].scope,
      client_assertion: `own-token-for-${audience}`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
  });
});

describe('a signed-in developer', () => {
  it("is asked for at the cloud's authority, by what the environment offers", async () => {
    vi.stubEnv('AZURE_TENANT_ID', TENANT);
    vi.stubEnv('AZURE_CLIENT_ID', CLIENT);
    vi.stubEnv('AZURE_CLIENT_SECRET', 'PLANTED-SECRET');
    const { asked, httpClient } = startEntra();
    expect(await ask({ by: 'signed-in developer' }, 'dod', httpClient)).toMatchObject({ token: 'entra-1' });
    expect(asked.map(({ url }) => url)).toEqual([`https://login.microsoftonline.us/${TENANT}/oauth2/v2.0/token`]);
  });
});
