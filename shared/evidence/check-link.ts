import { isIP } from 'node:net';

/** Whether a result link may be followed; the reason names at most its host, never its path or query. */
export type LinkVerdict =
  | { readonly verdict: 'allowed'; readonly url: URL }
  | { readonly verdict: 'refused'; readonly reason: string };

const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;
const SUFFIX = /^(?:\.[a-z0-9_-]+)+$/;
const LOOPBACK_ORIGIN = /^(https?):\/\/(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?\/?$/;

/** Checks a result link before anything is connected; `allowed` holds hosts, suffixes that begin with a dot, and loopback origins. */
export function checkLink(link: string, allowed: readonly string[]): LinkVerdict {
  const url = URL.parse(link);
  if (url === null) return refuse('The result link is not a URL.');
  if (url.username !== '' || url.password !== '') return refuse('The result link carries a user or a password.');
  if (!signsReadingOnly(url)) return refuse('The result link is signed for more than reading.');
  if (isLoopbackOrigin(url, allowed)) return { verdict: 'allowed', url };
  if (url.protocol !== 'https:') return refuse('The result link is not https.');
  if (url.port !== '') return refuse('The result link names a port other than 443.');
  if (!HOST.test(url.hostname)) return refuse('The result link names no host that could be allowed.');
  if (!isAllowedHost(url.hostname, allowed)) {
    return refuse(
      `The result link leads to ${url.hostname.slice(0, 253)}, which RESULT_LINK_HOSTS does not list. Add it there if results of this tenant lie on it.`,
    );
  }
  return { verdict: 'allowed', url };
}

/** True when the URL's scheme, host and port are those of a listed loopback origin; one listed without a port stands for each of its ports. */
export function isLoopbackOrigin(
  url: Pick<URL, 'protocol' | 'hostname' | 'port'>,
  allowed: readonly string[],
): boolean {
  return allowed.some((entry) => {
    const [, scheme, host, port] = LOOPBACK_ORIGIN.exec(entry.trim().toLowerCase()) ?? [];
    if (scheme === undefined || `${scheme}:` !== url.protocol || host !== url.hostname) return false;
    return port === undefined || Number(port) === portOf(url);
  });
}

function portOf(url: Pick<URL, 'protocol' | 'port'>): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function isAllowedHost(hostname: string, allowed: readonly string[]): boolean {
  return allowed.some((listed) => {
    const entry = listed.trim().toLowerCase();
    if (!entry.startsWith('.')) return entry === hostname;
    return SUFFIX.test(entry) && !isAddress(hostname) && hostname.endsWith(entry);
  });
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || isIP(hostname) !== 0;
}

/** A shared access signature's permissions are `sp` (Azure Storage: service SAS); a parameter's casing does not matter there. */
function signsReadingOnly(url: URL): boolean {
  return [...url.searchParams].every(([name, value]) => name.toLowerCase() !== 'sp' || value === 'r');
}

function refuse(reason: string): LinkVerdict {
  return { verdict: 'refused', reason };
}
