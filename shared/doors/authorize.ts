import type { Caller } from '../domain/caller.ts';
import type { Principal, Role } from './read-principal.ts';

/**
 * What a caller may be allowed: to `follow` what became of a request and see how the app is, to `read` collections and
 * their evidence, to `submit` an alert as Defender has it, and to `operate`, which is all else.
 */
export type Act = 'follow' | 'read' | 'submit' | 'operate';

/** Whether a caller may do something, and as whom. */
export type Decision =
  | { readonly decision: 'allowed'; readonly caller: Caller }
  | { readonly decision: 'refused'; readonly code: 'not-signed-in' | 'not-allowed'; readonly why: string };

/** The roles of which one is enough. Whoever operates may do everything, and any role may follow. */
const ROLES_FOR: Readonly<Record<Act, readonly Role[]>> = {
  follow: ['Read', 'Submit', 'Operate'],
  read: ['Read', 'Operate'],
  submit: ['Submit', 'Operate'],
  operate: ['Operate'],
};

/** The roles of which one is enough to do that. */
export function rolesFor(act: Act): readonly Role[] {
  return ROLES_FOR[act];
}

/** A function key is a shared secret that names nobody, so it gives no more than these. */
const ROLES_OF_KEY: readonly Role[] = ['Read', 'Submit'];

/** Decides whether who calls may do that. */
export function authorize(principal: Principal, act: Act): Decision {
  switch (principal.by) {
    case 'nobody':
      return {
        decision: 'refused',
        code: 'not-signed-in',
        why: "The platform names no caller. Call with a token of Entra for this app's registration.",
      };
    case 'loopback':
      return { decision: 'allowed', caller: { id: 'local', standing: 'operator' } };
    case 'key':
      return decide('key', ROLES_OF_KEY, act, 'A function key gives the roles Read and Submit only');
    case 'platform':
      return decide(principal.id, principal.roles, act, `The caller ${principal.id} has ${list(principal.roles)}`);
    default: {
      const unknown: never = principal;
      throw new Error(`Unknown principal ${Object.keys(unknown).join()}.`);
    }
  }
}

function decide(id: string, roles: readonly Role[], act: Act, has: string): Decision {
  if (ROLES_FOR[act].some((role) => roles.includes(role)))
    return { decision: 'allowed', caller: { id, standing: roles.includes('Operate') ? 'operator' : 'submitter' } };
  const wanted = ROLES_FOR[act].join(' or ');
  const why = `${has}; this call needs ${wanted}. Assign the role to the caller in the app's registration (Enterprise applications), and get a new token.`;
  return { decision: 'refused', code: 'not-allowed', why };
}

function list(roles: readonly Role[]): string {
  return roles.length === 0 ? 'no role' : `the role ${roles.join(', ')}`;
}
