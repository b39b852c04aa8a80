import { createHash } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import type { CryptographyClient, JsonWebKey, KeyClient, KeyClientOptions } from '@azure/keyvault-keys';
import { base64url } from 'jose';
import { publicKeySchema } from '../domain/signature.ts';
import type { KeyKeeper } from './signing.ts';
import { explainVaultFault } from './signing-vault-fault.ts';

/** A key in a Key Vault or managed HSM, and as whom it is used; `httpClient` stands in for the network. */
export interface VaultKey {
  readonly vaultUrl: string;
  readonly name: string;
  /** Null for the version that is current when something is signed. */
  readonly version: string | null;
  readonly openCredential: () => Promise<TokenCredential>;
  readonly httpClient?: NonNullable<KeyClientOptions['httpClient']>;
}

/** How long one call may take: a seal that has to wait is tried again, and holds up others no longer than this. */
const CALL_MS = 10_000;

/** A key that a vault keeps and signs with; the app needs to read and list it and to sign with it, nothing more. */
export function keepKeyInVault({ vaultUrl, name, version, openCredential, httpClient }: VaultKey): KeyKeeper {
  const signers = new Map<string, CryptographyClient>();
  let opened: Promise<KeyClient> | null = null;

  /** Loaded only where a vault is used. The pipeline has its own way to wait, so the client tries nothing twice. */
  const connect = async (): Promise<KeyClient> => {
    const { KeyClient } = await import('@azure/keyvault-keys');
    const options = { retryOptions: { maxRetries: 0 }, ...(httpClient === undefined ? {} : { httpClient }) };
    return new KeyClient(vaultUrl, await openCredential(), options);
  };

  async function ask<T>(call: (client: KeyClient, limit: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    try {
      opened ??= connect();
      return await call(await opened, { abortSignal: AbortSignal.timeout(CALL_MS) });
    } catch (fault) {
      // A client keeps what it learnt in its first call; after a fault it begins anew.
      opened = null;
      signers.clear();
      throw explainVaultFault(fault);
    }
  }

  /** One signer a version, made by the client, so that it shares the client's token. */
  function findSigner(client: KeyClient, keyVersion: string): CryptographyClient {
    const signer = signers.get(keyVersion) ?? client.getCryptographyClient(name, { keyVersion });
    signers.set(keyVersion, signer);
    return signer;
  }

  const read = (wanted: string | null) =>
    ask((client, limit) => client.getKey(name, { ...limit, ...(wanted === null ? {} : { version: wanted }) }));

  return {
    async open() {
      const { key, properties } = await read(version);
      return {
        publicKey: pickPublic(key),
        sign: (input) =>
          ask(async (client, limit) => {
            const digest = createHash('sha256').update(input).digest();
            const signer = findSigner(client, properties.version ?? '');
            return (await signer.sign('ES256', digest, limit)).result;
          }),
      };
    },
    async listPublicKeys() {
      if (version !== null) return [pickPublic((await read(version)).key)];
      const versions = await ask(async (client, limit) => {
        const enabled: string[] = [];
        for await (const found of client.listPropertiesOfKeyVersions(name, limit)) {
          if (found.enabled !== false && found.version !== undefined) enabled.push(found.version);
        }
        return enabled;
      });
      const keys = await Promise.all(versions.map(async (found) => pickPublic((await read(found)).key)));
      // A version may be of another kind than the one before it; such a one has never signed.
      return keys.filter((key) => publicKeySchema.safeParse(key).success);
    },
  };
}

/** A key in hardware has a type of its own there; its public part is that of any other. */
function pickPublic(key: JsonWebKey | undefined): unknown {
  const { kty, crv, x, y } = key ?? {};
  const type = kty === 'EC-HSM' ? 'EC' : kty;
  return { kty: type, crv, x: x && base64url.encode(x), y: y && base64url.encode(y) };
}
