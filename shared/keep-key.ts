import { identify } from './connect-storage.ts';
import type { KeyKeeper } from './evidence/signing.ts';
import { keepKeyInFile } from './evidence/signing-file.ts';
import { keepKeyInVault } from './evidence/signing-vault.ts';
import type { Settings } from './settings.ts';

/** The keeper of the key that signs packages, null where they are not signed. */
export function keepKey({ signingPlace, ownClientId }: Settings): KeyKeeper | null {
  switch (signingPlace.at) {
    case 'nowhere':
      return null;
    case 'file':
      return keepKeyInFile(signingPlace.path);
    case 'vault':
      return keepKeyInVault({ ...signingPlace, openCredential: () => identify(ownClientId) });
    default: {
      const unknown: never = signingPlace;
      throw new Error(`Unknown place ${JSON.stringify(unknown)}.`);
    }
  }
}
