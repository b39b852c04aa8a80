import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { inspect } from 'node:util';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { guardLookup, LinkAddressRefused, makeLinkDispatcher } from '../../../shared/evidence/link-dispatcher.ts';
import { serve, startSource } from './start-source.ts';

/** A resolver that knows one answer. */
function resolveTo(...addresses: string[]): LookupFunction {
  return (_hostname, options, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family ?? 0);
  };
}

function ask(lookup: LookupFunction, all: boolean): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup('results.example.org', { all }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });
}

describe('guardLookup', () => {
  it('lets public addresses through', async () => {
    const found = [{ address: '20.60.1.1', family: 4 }];
    expect(await ask(guardLookup(resolveTo('20.60.1.1'), 'public'), true)).toEqual(found);
    expect(await ask(guardLookup(resolveTo('20.60.1.1'), 'public'), false)).toBe('20.60.1.1');
  });

  it.each([
    [['10.0.0.1'], 'public'],
    [['20.60.1.1', '169.254.169.254'], 'public'],
    [['127.0.0.1'], 'public'],
    [['::ffff:10.0.0.1'], 'public'],
    [['20.60.1.1'], 'loopback'],
    [['127.0.0.1', '10.0.0.1'], 'loopback'],
  ] as const)('refuses %j as %s', async (addresses, place) => {
    await expect(ask(guardLookup(resolveTo(...addresses), place), true)).rejects.toBeInstanceOf(LinkAddressRefused);
  });

  it('lets the errors of the resolver through', async () => {
    const missing = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    const lookup: LookupFunction = (_hostname, _options, callback) => callback(missing, '', 0);
    await expect(ask(guardLookup(lookup, 'public'), true)).rejects.toBe(missing);
  });
});

describe('makeLinkDispatcher', () => {
  it.each([
    ['a name that resolves to this machine', 'results.example.org', ['results.example.org']],
    ['an address of this machine', '127.0.0.1', ['127.0.0.1']],
    ['an address of this machine in IPv6', '[::1]', ['[::1]']],
    ['a private address', '10.0.0.1', ['10.0.0.1']],
    ['metadata', '169.254.169.254', []],
    ['another port of a listed loopback origin', '127.0.0.1', ['http://127.0.0.1:1']],
  ])('connects not to %s', async (_name, host, allowed) => {
    const source = await startSource([serve(Buffer.from('a'))]);
    const dispatcher = makeLinkDispatcher({ allowed, lookup: resolveTo('127.0.0.1') });
    const link = source.link.replace('127.0.0.1', host);
    const error: unknown = await request(link, { dispatcher }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LinkAddressRefused);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/SECRET|sig=/);
    expect(source.requests).toEqual([]);
    await dispatcher.destroy();
    await source.close();
  });

  it.each([
    ['an address', '127.0.0.1', ['http://127.0.0.1']],
    ['a name', 'localhost', ['http://localhost']],
  ])('connects to a listed loopback origin by %s, and follows no redirect', async (_name, host, allowed) => {
    const there = await startSource([serve(Buffer.from('a'))]);
    const source = await startSource([
      (_request, response) => void response.writeHead(307, { location: there.link }).end(),
    ]);
    const dispatcher = makeLinkDispatcher({ allowed, lookup: resolveTo('127.0.0.1') });
    const answer = await request(source.link.replace('127.0.0.1', host), { dispatcher });
    await answer.body.dump();
    expect(answer.statusCode).toBe(307);
    expect(there.requests).toEqual([]);
    await dispatcher.destroy();
    await Promise.all([source.close(), there.close()]);
  });
});
