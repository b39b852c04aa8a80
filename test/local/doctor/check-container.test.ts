import { describe, expect, it } from 'vitest';
import { checkContainer } from '../../../local/doctor/check-container.ts';
import { judgeImmutability } from '../../../local/doctor/judge-immutability.ts';
import { startContainer } from './container-stand-in.ts';

const PLACE = { setting: 'EvidenceStorage', role: 'a role', by: 'connection string' } as const;

describe('a container of evidence', () => {
  it('is not written to where it is immutable, as that could not be deleted', async () => {
    const { container, written } = await startContainer({ policy: 'there', second: 'refused' });
    const findings = await checkContainer(container, PLACE);
    expect(findings.map(({ check, verdict }) => `${check}: ${verdict}`)).toEqual([
      'evidence: evidence: ok',
      'evidence: evidence, immutability: ok',
      'evidence: evidence, written once: ok',
    ]);
    expect(findings[2]?.found).toMatch(/^Not tried/);
    expect(written).toEqual([]);
  });

  it('is not written to by an identity, which may lack the right to delete', async () => {
    const { container, written } = await startContainer({ policy: 'none', second: 'refused' });
    await checkContainer(container, { ...PLACE, by: 'identity' });
    expect(written).toEqual([]);
  });

  it.each([
    ['refused', 'ok'],
    ['taken', 'wrong'],
  ] as const)('is tried by a blob that can be deleted again: a second write is %s', async (second, verdict) => {
    const { container, written } = await startContainer({ policy: 'none', second });
    const findings = await checkContainer(container, PLACE);
    expect(findings[2]).toMatchObject({ check: 'evidence: evidence, written once', verdict });
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(/^\/x\/evidence\/doctor\/[0-9a-f-]{36}$/);
  });

  it.each([
    ['AuthorizationFailure', 'identity', /^Run this from the network of the app/],
    ['PublicAccessNotPermitted', 'identity', /^Run this from the network of the app/],
    ['AuthorizationPermissionMismatch', 'identity', /^Give the identity a role on the container/],
    ['AuthorizationFailure', 'connection string', /^Give the identity a role on the container/],
  ] as const)('that refuses by %s an %s says what is lacking, a network or a right', async (refuses, by, fix) => {
    const { container } = await startContainer({ policy: 'none', second: 'refused', refuses });
    expect(await checkContainer(container, { ...PLACE, by })).toEqual([
      expect.objectContaining({ verdict: 'wrong', fix: expect.stringMatching(fix) }),
    ]);
  });

  it('must be immutable anywhere but on an emulator', () => {
    const judge = (url: string, policy: 'there' | 'none') => judgeImmutability('c', url, policy).verdict;
    expect(judge('https://x.blob.core.windows.net/evidence', 'none')).toBe('wrong');
    expect(judge('https://x.blob.core.windows.net/evidence', 'there')).toBe('ok');
    expect(judge('http://127.0.0.1:10000/x/evidence', 'none')).toBe('unknown');
  });
});
