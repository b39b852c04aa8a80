import { lookup as lookupBySystem } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isLoopbackOrigin } from './check-link.ts';
import { judgeAddress } from './refuse-address.ts';

/** What a link dispatcher may connect to, and how long it waits for a connection (10 s by default). */
export interface LinkDispatcherOptions {
  /** As in `checkLink`: only the loopback origins matter here. */
  readonly allowed: readonly string[];
  readonly connectTimeoutMs?: number;
  /** The system's resolver by default. */
  readonly lookup?: LookupFunction;
}

/** Thrown when a result link's host resolves to an address that it must not lead to; the message names no address and no link. */
export class LinkAddressRefused extends Error {
  override readonly name = 'LinkAddressRefused';
  readonly code = 'link-address-refused';
  constructor() {
    super('The host of the result link resolves to an address that is not on the Internet.');
  }
}

/** An undici agent for result links: HTTP/1.1, no redirects, and no connection to any but public addresses (loopback for a listed loopback origin), judged after resolution. */
export function makeLinkDispatcher(options: LinkDispatcherOptions): Agent {
  const lookup = options.lookup ?? lookupBySystem;
  const timeout = options.connectTimeoutMs ?? 10_000;
  const connectors = {
    public: buildConnector({ timeout, allowH2: false, lookup: guardLookup(lookup, 'public') }),
    loopback: buildConnector({ timeout, allowH2: false, lookup: guardLookup(lookup, 'loopback') }),
  };
  return new Agent({
    allowH2: false,
    pipelining: 1,
    connect: (target, callback) => {
      const place = isLoopbackOrigin(target, options.allowed) ? 'loopback' : 'public';
      const literal = target.hostname.replace(/^\[(.*)\]$/, '$1');
      // Node asks no lookup for a host that is an address.
      if (isIP(literal) !== 0 && judgeAddress(literal) !== place) {
        callback(new LinkAddressRefused(), null);
        return;
      }
      connectors[place](target, callback);
    },
  });
}

/** A lookup that fails with LinkAddressRefused when any address it found is not of that place. */
export function guardLookup(lookup: LookupFunction, place: 'public' | 'loopback'): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      if (error === null && addresses.some((address) => judgeAddress(address) !== place)) {
        callback(new LinkAddressRefused(), [], 0);
        return;
      }
      callback(error, found, family);
    });
  };
}
