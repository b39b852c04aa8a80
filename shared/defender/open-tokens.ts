import { acquireTokens, holdToken, type TokenSource } from './access-token.ts';
import type { Cloud } from './clouds.ts';
import { adviseOnIdentity, type DefenderIdentity } from './identity.ts';
import { openCredential } from './open-credential.ts';

/** The source of access tokens for a scope, as the identity that the settings choose, asked for at the cloud's authority. */
export function openTokens(identity: DefenderIdentity, scope: string, cloud: Cloud): TokenSource {
  if (identity.by === 'token') return holdToken(identity.accessToken);
  return acquireTokens({
    scope,
    advice: adviseOnIdentity(identity),
    openCredential: () => openCredential(identity, cloud),
  });
}
