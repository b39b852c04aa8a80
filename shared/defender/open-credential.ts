import { readFile } from 'node:fs/promises';
import type { TokenCredentialOptions } from '@azure/identity';
import type { Credential } from './access-token.ts';
import type { Cloud } from './clouds.ts';
import { TokenError } from './errors.ts';
import { adviseOnIdentity, type DefenderIdentity } from './identity.ts';

/** Where tokens are asked for; `httpClient` stands in for the network to Entra. A managed identity's are had from the platform, not from there. */
export type CredentialOptions = Pick<Cloud, 'authority' | 'exchangeScope'> & Pick<TokenCredentialOptions, 'httpClient'>;

/** An identity that tokens are asked for; a token got elsewhere is none. */
export type AskableIdentity = Exclude<DefenderIdentity, { by: 'token' }>;

/** Opens the credential of an identity; @azure/identity is loaded only now, as it is large. */
export async function openCredential(identity: AskableIdentity, where: CredentialOptions): Promise<Credential> {
  const azure = await import('@azure/identity');
  const { authority, exchangeScope, httpClient } = where;
  const options = { authorityHost: authority, ...(httpClient === undefined ? {} : { httpClient }) };
  const openManaged = (clientId: string | null) =>
    new azure.ManagedIdentityCredential(clientId === null ? {} : { clientId });
  switch (identity.by) {
    case 'managed identity':
      return openManaged(identity.clientId);
    case 'signed-in developer':
      return new azure.DefaultAzureCredential(options);
    case 'client secret':
      return new azure.ClientSecretCredential(identity.tenantId, identity.clientId, identity.clientSecret, options);
    case 'client certificate': {
      const certificate = await readCertificate(identity);
      return new azure.ClientCertificateCredential(identity.tenantId, identity.clientId, { certificate }, options);
    }
    case 'federated credential': {
      const own = openManaged(identity.managedIdentityClientId);
      const assert = async () => (await own.getToken(exchangeScope)).token;
      return new azure.ClientAssertionCredential(identity.tenantId, identity.clientId, assert, options);
    }
    default: {
      const unknown: never = identity;
      throw new Error(`Unknown identity ${Object.keys(unknown).join()}.`);
    }
  }
}

/** The PEM file's text, with a certificate and a private key in it. */
async function readCertificate(identity: Extract<AskableIdentity, { by: 'client certificate' }>): Promise<string> {
  const refuse = (why: string) =>
    new TokenError(
      'TokenRefused',
      `The file of DEFENDER_CLIENT_CERTIFICATE_PATH ${why}. ${adviseOnIdentity(identity)}`,
    );
  let pem: string;
  try {
    pem = await readFile(identity.certificatePath, 'utf8');
  } catch {
    throw refuse('cannot be read');
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw refuse('holds no certificate in PEM form');
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(pem) || pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) {
    throw refuse('holds no private key in PEM form that needs no password');
  }
  return pem;
}
