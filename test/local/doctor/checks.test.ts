import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkClock } from '../../../local/doctor/check-clock.ts';
import { checkLibrary } from '../../../local/doctor/check-library.ts';
import { checkQuotas } from '../../../local/doctor/check-quotas.ts';
import { checkSigning } from '../../../local/doctor/check-signing.ts';
import { readLibrary } from '../../../shared/content/read-library.ts';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { readSettings } from '../../../shared/settings.ts';
import { makeKey } from '../../shared/evidence/signing-keys.ts';

const LIBRARY = new URL('../../../library/', import.meta.url);
const STORAGE = { StateStorage: 'UseDevelopmentStorage=true', EvidenceStorage: 'UseDevelopmentStorage=true' };

describe('the signing key', () => {
  it('is wrong where no published key fits what it signs', async () => {
    const { keeper } = makeKey();
    const other = makeKey();
    const signing = openSigning({ ...keeper, listPublicKeys: async () => [other.publicKey] });
    expect(await checkSigning(signing)).toMatchObject({
      verdict: 'wrong',
      found: 'It signs, and none of the 1 published keys fits what it signed.',
    });
    const both = openSigning({ ...keeper, listPublicKeys: async () => [other.publicKey, makeKey().publicKey] });
    expect((await checkSigning(both)).verdict).toBe('wrong');
    expect((await checkSigning(openSigning(keeper))).verdict).toBe('ok');
  });
});

describe('the library', () => {
  const file = (fileName: string, sha256: string): LibraryFile => ({
    fileName,
    sha256,
    createdBy: null,
    lastUpdatedAt: null,
  });

  it('tells same, missing, different and unknown apart', async () => {
    const [first, second] = [...(await readLibrary(LIBRARY)).values()];
    const { name = '', sha256 = '' } = first ?? {};
    const verdicts = async (listed: readonly LibraryFile[] | null) =>
      (await checkLibrary(LIBRARY, listed)).map(({ verdict, found }) => `${verdict} ${found.split(/[ :;,]/)[0]}`);
    const absent = 'ok Missing';
    expect(second).toBeDefined();
    expect((await verdicts([file(name, sha256.toUpperCase())]))[0]).toBe('ok It');
    expect((await verdicts([]))[0]).toBe(absent);
    expect((await verdicts([file(name, '0'.repeat(64))])).slice(0, 2)).toEqual(['wrong Different', absent]);
    expect((await verdicts([file(name, '')]))[0]).toBe('unknown Defender');
    expect(await verdicts(null)).toEqual(['unknown The']);
  });
});

describe('the quotas', () => {
  it.each([
    ['LIVE_RESPONSE_CALLS_PER_MINUTE', 10],
    ['LIVE_RESPONSE_SESSIONS', 25],
    ['API_CALLS_PER_MINUTE', 100],
    ['API_CALLS_PER_HOUR', 1_500],
  ])('%s may be %i and no more', (name, most) => {
    const judge = (value: number) => checkQuotas(readSettings({ ...STORAGE, [name]: String(value) }));
    expect(judge(most).verdict).toBe('ok');
    expect(judge(most + 1)).toMatchObject({
      verdict: 'wrong',
      fix: expect.stringContaining(`${name} to ${most} or less`),
    });
  });
});

describe('the clock', () => {
  const AT = Date.parse('2026-03-01T12:00:00Z');

  /** A service that says the same time at any question, or nothing. */
  async function serveDate(date: string | null): Promise<string> {
    const server = createServer((_, response) => {
      response.sendDate = false;
      if (date !== null) response.setHeader('date', date);
      response.writeHead(403).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/account?sig=SECRET`;
  }

  it.each([
    [0, 'ok'],
    [6_000, 'ok'],
    [6_001, 'wrong'],
    [-5_000, 'ok'],
    [-5_001, 'wrong'],
  ])('of ours that is %i ms ahead of the second that was told is %s', async (offMs, verdict) => {
    const url = await serveDate(new Date(AT).toUTCString());
    const finding = await checkClock('Defender', url, () => new Date(AT + offMs));
    expect(finding.verdict).toBe(verdict);
    expect(JSON.stringify(finding)).not.toContain('SECRET');
  });

  it('cannot be compared where no time is told', async () => {
    expect((await checkClock('Defender', await serveDate(null), () => new Date(AT))).verdict).toBe('unknown');
    expect((await checkClock('Defender', 'http://127.0.0.1:1', () => new Date(AT))).verdict).toBe('unknown');
  });
});
