const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The base URL of the API, checked: https (http on loopback only), no user info, query or fragment; throws a sentence that says what is wrong. */
export function readBaseUrl(text: string): URL {
  const wrong = findBaseUrlFault(text);
  if (wrong === null) return new URL(text);
  throw new Error(
    `DEFENDER_API_URL ${wrong}. Give the base of the Defender API, such as https://api.security.microsoft.com.`,
  );
}

/** What keeps a text from being the base URL of the API, as the end of a sentence that begins with its name; null for nothing. */
export function findBaseUrlFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is no URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'holds a user name or password, which the API does not take';
  if (url.search !== '' || url.hash !== '') return 'holds a query or fragment, which a base URL does not have';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:' && LOOPBACK.test(url.hostname)) return null;
  return 'is not https, and only a stand-in on this machine (localhost, 127.0.0.1) may be called without it';
}

/** The URL of a path below the base, such as `/api/alerts/…`; the path is encoded already. */
export function urlBelow(base: URL, path: string): URL {
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`);
}
