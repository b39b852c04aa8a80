import { fileURLToPath } from 'node:url';

/** Where the key that signs packages is kept. */
export type SigningPlace =
  | { readonly at: 'nowhere' }
  | {
      readonly at: 'vault';
      readonly vaultUrl: string;
      readonly name: string;
      /** Null for the current version at any time. */
      readonly version: string | null;
    }
  | { readonly at: 'file'; readonly path: string };

/** `https://<vault>/keys/<name>` or `…/<version>` (Key Vault: objects, identifiers and versioning). */
const IDENTIFIER = /^\/keys\/([0-9A-Za-z-]{1,127})(?:\/([0-9a-f]{32}))?\/?$/;

/** Reads SIGNING_KEY_ID; a fault is the end of a sentence that begins with the setting's name. */
export function readSigningPlace(
  text: string,
): { readonly outcome: 'read'; readonly place: SigningPlace } | { readonly outcome: 'fault'; readonly fault: string } {
  const fault = (what: string) => ({ outcome: 'fault' as const, fault: what });
  if (!URL.canParse(text))
    return fault("no URL; give a key's identifier such as https://vault.vault.azure.net/keys/evidence");
  const url = new URL(text);
  if (url.protocol === 'file:') return readFilePlace(url, fault);
  const [, name, version = null] = IDENTIFIER.exec(url.pathname) ?? [];
  const isBare = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url.protocol !== 'https:' || !isBare || name === undefined)
    return fault(
      'not the identifier of a key, which is https://<vault>/keys/<name> or https://<vault>/keys/<name>/<version>',
    );
  return { outcome: 'read', place: { at: 'vault', vaultUrl: url.origin, name, version } };
}

function readFilePlace(url: URL, fault: (what: string) => { readonly outcome: 'fault'; readonly fault: string }) {
  try {
    return { outcome: 'read' as const, place: { at: 'file' as const, path: fileURLToPath(url) } };
  } catch {
    return fault('no file of this machine; give a URL such as file:///home/me/signing-key.pem');
  }
}
