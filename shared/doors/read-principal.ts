import * as z from 'zod';

/** How the app knows its callers: the platform authenticated them, they hold a function key, or the host listens on loopback and is open. */
export type Vouching = 'by the platform' | 'by a key' | 'by loopback';

/** The roles that the app registration defines for its callers. */
export const ROLES = ['Read', 'Submit', 'Operate'] as const;

/** One role of a caller. */
export type Role = (typeof ROLES)[number];

/** Who calls; `id` is an object id, or else an app id, of Entra. */
export type Principal =
  | { readonly by: 'platform'; readonly id: string; readonly roles: readonly Role[] }
  | { readonly by: 'key' }
  | { readonly by: 'loopback' }
  | { readonly by: 'nobody' };

/** The header in which the platform says who called (App Service: access user claims); it removes it from what comes from outside, but only where it authenticates. */
export const PRINCIPAL_HEADER = 'x-ms-client-principal';

const MAX_HEADER_CHARACTERS = 65_536;
const NOBODY: Principal = { by: 'nobody' };

const principalSchema = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

const callerId = z.string().regex(/^[0-9A-Za-z-]{1,64}$/);

/** Claims have their short names or those of WS-Federation, as the platform maps some of them (App Service: access user claims). */
const ROLE_CLAIMS: readonly string[] = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];
const OBJECT_CLAIMS: readonly string[] = ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'];
const APP_CLAIMS: readonly string[] = ['appid', 'azp'];

/** Who calls. The header counts only where the platform vouches for it; anywhere else anybody could have written it. */
export function readPrincipal(vouching: Vouching, header: string | null): Principal {
  switch (vouching) {
    case 'by the platform':
      return header === null ? NOBODY : readHeader(header);
    case 'by a key':
      return { by: 'key' };
    case 'by loopback':
      return { by: 'loopback' };
    default: {
      const unknown: never = vouching;
      throw new Error(`Unknown vouching ${String(unknown)}.`);
    }
  }
}

function readHeader(header: string): Principal {
  const read = principalSchema.safeParse(decode(header));
  if (!read.success) return NOBODY;
  const valuesOf = (names: readonly string[]) =>
    read.data.claims.flatMap(({ typ, val }) => (names.includes(typ) ? [val] : []));
  const id = [...valuesOf(OBJECT_CLAIMS), ...valuesOf(APP_CLAIMS)].find((value) => callerId.safeParse(value).success);
  if (id === undefined) return NOBODY;
  const named = valuesOf(ROLE_CLAIMS);
  return { by: 'platform', id, roles: ROLES.filter((role) => named.includes(role)) };
}

/** The JSON in a header's base64, null when there is none. */
function decode(header: string): unknown {
  if (header.length > MAX_HEADER_CHARACTERS) return null;
  try {
    const bytes = Uint8Array.from(atob(header), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
