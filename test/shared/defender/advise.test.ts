import { describe, expect, it } from 'vitest';
import type { DefenderClient } from '../../../shared/defender/client.ts';
import { failureOf } from './every-endpoint.ts';
import { json, refusal, type Step, withScript } from './scripted-server.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';
const start = (client: DefenderClient) => client.startLiveResponse({ machineId: ID, comment: 'c', commands: [] });
const getMachine = (client: DefenderClient) => client.getMachine(ID);
const listLibrary = (client: DefenderClient) => client.listLibrary();

/** Every code that the documentation lists or a real tenant has shown, and what is advised. */
const ADVICE: readonly (readonly [number, string, (client: DefenderClient) => Promise<unknown>, RegExp])[] = [
  [400, 'BadRequest', start, /check the script names, arguments and paths of the profile/],
  [400, 'ODataError', getMachine, /filter of the list was not understood/],
  [400, 'InvalidInput', start, /It stays refused while it is sent like this/],
  [400, 'InvalidRequestBody', start, /It stays refused while it is sent like this/],
  [400, 'InvalidHashValue', getMachine, /It stays refused while it is sent like this/],
  [400, 'InvalidDomainName', getMachine, /It stays refused while it is sent like this/],
  [400, 'InvalidIpAddress', getMachine, /It stays refused while it is sent like this/],
  [400, 'InvalidUrl', getMachine, /It stays refused while it is sent like this/],
  [400, 'MaximumBatchSizeExceeded', getMachine, /It stays refused while it is sent like this/],
  [400, 'MissingRequiredParameter', start, /It stays refused while it is sent like this/],
  [400, 'OsPlatformNotSupported', start, /does not know the operating system of this machine: .* by a profile/],
  [400, 'ClientVersionNotSupported', start, /agent or the operating system .* too old .* update it/],
  [400, 'ActiveRequestAlreadyExists', start, /Another live response runs on this machine.*Action center/],
  [401, 'Unauthorized', getMachine, /DEFENDER_SCOPE .* DEFENDER_ACCESS_TOKEN/],
  [403, 'Forbidden', start, /application permission Machine\.LiveResponse of WindowsDefenderATP/],
  [403, 'DisabledFeature', start, /Turn on Live Response .* Advanced features/],
  [403, 'DisallowedOperation', start, /automated remediation level/],
  [404, 'NotFound', listLibrary, /DEFENDER_CLOUD or DEFENDER_API_URL is where the tenant is/],
  [404, 'ResourceNotFound', start, /belongs to this tenant/],
  [429, 'TooManyRequests', start, /quota for this API is used up; it is tried again later/],
  [429, '429', start, /Other apps of the tenant may share it/],
  [500, 'InternalServerError', start, /give Microsoft the target of this error/],
];

describe('an error', () => {
  it.each(ADVICE)('%i %s says what it is, what Defender says, and what to do', async (status, code, act, advice) => {
    const step = refusal(status, code, 'These are the words');
    await withScript([step, step, step], async ({ client }) => {
      const { text } = await failureOf(act(client));
      expect(text).toMatch(new RegExp(`with ${status} ${code}\\. Defender says: These are the words\\. \\w`));
      expect(text).toMatch(advice);
    });
  });

  it('404 of a machine action says that a fresh one may be unknown for a while', async () => {
    await withScript([refusal(404, 'ResourceNotFound', 'Action was not found')], async ({ client }) => {
      expect(await client.getResultLink(ID, 0)).toMatchObject({
        outcome: 'no result',
        reason: expect.stringContaining('just started may be unknown for up to two minutes'),
      });
    });
  });

  it.each<[string, Step, RegExp]>([
    ['400', { status: 400 }, /answered 'list library files' with 400\. It stays refused/],
    ['409', { status: 409 }, /with 409\.$/],
    ['413', { status: 413 }, /larger than Defender takes/],
    ['407', { status: 407 }, /proxy on the way wants credentials/],
    ['a redirect', { status: 302, headers: { location: 'https://x.example' } }, /Redirects are not followed/],
    ['501', { status: 501 }, /fault at Defender/],
  ])('without a code of Defender says what to do: %s', async (_, step, message) => {
    await withScript([step], async ({ client }) => {
      await expect(client.listLibrary()).rejects.toMatchObject({ message: expect.stringMatching(message) });
    });
  });

  it.each([
    ['ResourceNotFound', 'ResourceNotFound'],
    ['429', '429'],
    ['toString', 'Http400'],
    ['constructor', 'Http400'],
    ['a b', 'Http400'],
    ['Dn0wbGFudGVkc2VjcmV0', 'Http400'],
    ['A'.repeat(51), 'Http400'],
    [400, 'Http400'],
    [null, 'Http400'],
  ])('takes %j for its code as %s', async (given, code) => {
    await withScript([json(400, { error: { code: given, message: 'no' } })], async ({ client }) => {
      await expect(client.listLibrary()).rejects.toMatchObject({
        code,
        message: expect.stringContaining('stays refused'),
      });
    });
  });

  it.each([
    ['43f4cb08-8fac-4b65-9db1-745c2ae65f3a', '43f4cb08-8fac-4b65-9db1-745c2ae65f3a'],
    ['|4b8d2f36-4d1b5a9c7d2e3f4b.', '|4b8d2f36-4d1b5a9c7d2e3f4b.'],
    ['1dYGe9rPvUlXBPvYSmr6/OLXPY98m8qWqfIQCBbyZTY=', null],
    ['1dYGe9rPvUlXBPvYSmr6-OLXPY98m8qWqfIQCBbyZTY', null],
    ['', null],
    [7, null],
  ])('takes %j for its target as %j', async (given, target) => {
    await withScript([json(400, { error: { code: 'BadRequest', target: given } })], async ({ client }) => {
      await expect(client.listLibrary()).rejects.toMatchObject({ target });
    });
  });
});
