import type { Role } from '../../shared/doors/read-principal.ts';

/** The header that the platform would send for a caller with these roles. */
export function principalHeader(roles: readonly (Role | string)[], oid = '00000000-aaaa-bbbb-cccc-000000000001') {
  const claims = [
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: oid },
    { typ: 'appid', val: '00000000-aaaa-bbbb-cccc-00000000000a' },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ];
  const principal = { auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims };
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64') };
}
