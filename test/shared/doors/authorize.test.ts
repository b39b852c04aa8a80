import { describe, expect, it } from 'vitest';
import { type Act, authorize } from '../../../shared/doors/authorize.ts';
import { readPrincipal } from '../../../shared/doors/read-principal.ts';
import { principalHeader } from '../../functions/principal-header.ts';

const header = (...given: Parameters<typeof principalHeader>) => principalHeader(...given)['x-ms-client-principal'];
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const OID = '00000000-aaaa-bbbb-cccc-000000000001';

describe('who calls', () => {
  it('is read from the header where the platform vouches for it', () => {
    expect(readPrincipal('by the platform', header(['Submit', 'Read', 'Owner']))).toEqual({
      by: 'platform',
      id: OID,
      roles: ['Read', 'Submit'],
    });
  });

  it('is an app by its id where the token has no object id', () => {
    const claims = [
      { typ: 'azp', val: 'app-1' },
      { typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', val: 'Operate' },
    ];
    expect(readPrincipal('by the platform', encode({ auth_typ: 'aad', claims }))).toEqual({
      by: 'platform',
      id: 'app-1',
      roles: ['Operate'],
    });
  });

  it.each([
    ['by a key', 'key'],
    ['by loopback', 'loopback'],
  ] as const)('is not read from a header %s', (vouching, by) => {
    expect(readPrincipal(vouching, header(['Operate']))).toEqual({ by });
  });

  it.each([
    ['no header', null],
    ['an empty one', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('hello').toString('base64')],
    ['another issuer', encode({ auth_typ: 'google', claims: [{ typ: 'oid', val: OID }] })],
    ['claims that are none', encode({ auth_typ: 'aad', claims: 'Operate' })],
    ['no id', encode({ auth_typ: 'aad', claims: [{ typ: 'roles', val: 'Operate' }] })],
    ['an id of a foreign form', encode({ auth_typ: 'aad', claims: [{ typ: 'oid', val: 'a"b' }] })],
    ['one beyond all measure', 'A'.repeat(70_000)],
  ])('is nobody with %s', (_, given) => {
    expect(readPrincipal('by the platform', given)).toEqual({ by: 'nobody' });
  });

  it('has no role by a claim of another name', () => {
    const claims = [
      { typ: 'oid', val: OID },
      { typ: 'groups', val: 'Operate' },
      { typ: 'roles', val: 'operate' },
    ];
    expect(readPrincipal('by the platform', encode({ auth_typ: 'aad', role_typ: 'groups', claims }))).toMatchObject({
      roles: [],
    });
  });
});

describe('who may what', () => {
  const acts: readonly Act[] = ['follow', 'read', 'submit', 'operate'];
  const may = (principal: Parameters<typeof authorize>[0]) =>
    acts.filter((act) => authorize(principal, act).decision === 'allowed');

  it.each([
    [[], []],
    [['Read'], ['follow', 'read']],
    [['Submit'], ['follow', 'submit']],
    [
      ['Read', 'Submit'],
      ['follow', 'read', 'submit'],
    ],
    [['Operate'], acts],
  ] as const)('the roles %j may %j', (roles, allowed) => {
    expect(may({ by: 'platform', id: OID, roles })).toEqual(allowed);
  });

  it('a key may all but operate, loopback everything, nobody nothing', () => {
    expect(may({ by: 'key' })).toEqual(['follow', 'read', 'submit']);
    expect(may({ by: 'loopback' })).toEqual(acts);
    expect(may({ by: 'nobody' })).toEqual([]);
  });

  it('only who has Operate is no mere submitter', () => {
    const standing = (roles: readonly ('Read' | 'Submit' | 'Operate')[]) =>
      authorize({ by: 'platform', id: OID, roles }, 'submit');
    expect(standing(['Submit'])).toEqual({ decision: 'allowed', caller: { id: OID, standing: 'submitter' } });
    expect(standing(['Submit', 'Operate'])).toMatchObject({ caller: { standing: 'operator' } });
    expect(authorize({ by: 'key' }, 'submit')).toMatchObject({ caller: { id: 'key', standing: 'submitter' } });
  });

  it('a refusal says which role is missing', () => {
    expect(authorize({ by: 'platform', id: OID, roles: ['Read'] }, 'submit')).toMatchObject({
      code: 'not-allowed',
      why: expect.stringMatching(/has the role Read; this call needs Submit or Operate\./),
    });
    expect(authorize({ by: 'key' }, 'operate')).toMatchObject({ why: expect.stringContaining('needs Operate') });
    expect(authorize({ by: 'nobody' }, 'follow')).toMatchObject({ code: 'not-signed-in' });
  });
});
