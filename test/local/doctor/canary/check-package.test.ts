import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPackage } from '../../../../local/doctor/canary/check-package.ts';
import type { AppApi } from '../../../../local/doctor/canary/open-app.ts';
import { COLLECTION_ID } from '../../../shared/domain/package-record-fixture.ts';
import { makeKey, type TestKey } from '../../../shared/evidence/signing-keys.ts';
import { makePackage, makeSigned } from '../../verify/build-package.ts';

const OTHER_ID = 'f'.repeat(32);

/** An app that answers with these files as the package of whatever it is asked for, and with these keys. */
function serve(files: ReadonlyMap<string, Buffer>, keys: readonly TestKey[]): AppApi {
  const give = (body: Buffer | string) =>
    ({ answer: 'given', status: 200, response: new Response(new Uint8Array(Buffer.from(body))) }) as const;
  return {
    ask: async (path) => {
      if (path === 'keys') return give(JSON.stringify({ keys: keys.map(({ publicKey }) => publicKey) }));
      const [, name] = /^collections\/[^/]+\/evidence(?:\/(.+))?$/.exec(path) ?? [];
      if (name !== undefined) return give(files.get(decodeURIComponent(name)) ?? '');
      return give(JSON.stringify({ files: [...files].map(([file, { length }]) => ({ path: file, bytes: length })) }));
    },
  };
}

async function judge(api: AppApi, id = COLLECTION_ID): Promise<readonly string[]> {
  const findings = await checkPackage(api, id);
  return findings.map(({ verdict, check, found }) => `${verdict} ${check}: ${found}`);
}

describe('the package of a canary', () => {
  it('is whole where it is the one that was sealed, and signed by a key that the app publishes', async () => {
    const key = makeKey();
    expect(await judge(serve(await makeSigned(key), [makeKey(), key]))).toEqual([
      expect.stringMatching(/^ok canary: package: Package \S+ is intact/),
      expect.stringMatching(/^ok canary: signature: Signed by /),
    ]);
  });

  it('is not that of another collection', async () => {
    const key = makeKey();
    const [line, ...others] = await judge(serve(await makeSigned(key), [key]), OTHER_ID);
    expect(line).toMatch(
      new RegExp(`^wrong canary: package: .*is that of collection ${COLLECTION_ID}, not of ${OTHER_ID}`),
    );
    expect(others).toEqual([]);
  });

  it('is not taken as signed by a key that the app does not publish, or where it publishes none', async () => {
    const files = await makeSigned(makeKey());
    expect((await judge(serve(files, [makeKey()])))[0]).toMatch(/^wrong canary: package: .*signature\.jws/);
    expect(await judge(serve(files, []))).toEqual([
      expect.stringMatching(/^ok canary: package/),
      'wrong canary: signature: It is signed, and the app publishes no keys.',
    ]);
  });

  it('is not proved where it is not signed', async () => {
    expect(await judge(serve(makePackage('unsigned'), []))).toEqual([
      expect.stringMatching(/^ok canary: package/),
      'wrong canary: signature: It is not signed.',
    ]);
  });

  it.each(['../canary-escaped', 'data/../../canary-escaped', '/canary-escaped'])(
    'whose list names %s is not fetched, and nothing is written outside its folder',
    async (path) => {
      const api = serve(new Map([[path, Buffer.from('escaped')]]), []);
      expect(await judge(api)).toEqual([
        expect.stringMatching(/^wrong canary: package: It cannot be fetched\. A name leads out of the package: /),
      ]);
      for (const folder of [tmpdir(), '/']) expect(existsSync(join(folder, 'canary-escaped'))).toBe(false);
    },
  );
});
