import { problemSchema } from './answers.ts';

/** The HTTP API of a running app, as far as a canary calls it; what is asked for has a path below /api. */
export interface AppApi {
  readonly ask: (path: string, init?: RequestInit) => Promise<AppAnswer>;
}

/** What the app answered, or how it did not; `why` is its own sentence where it gave one. */
export type AppAnswer =
  | { readonly answer: 'given'; readonly status: number; readonly response: Response }
  | { readonly answer: 'refused'; readonly status: number; readonly why: string }
  | { readonly answer: 'none'; readonly why: string };

/** Where the app is, or what is wrong with the address. */
export type OpenedApp =
  | { readonly outcome: 'opened'; readonly api: AppApi }
  | { readonly outcome: 'wrong'; readonly why: string };

/** The longest wait for the head of an answer; its body may take as long as it comes. */
const LONGEST_MS = 60_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Opens an app by its address; the token is sent to that origin alone, by https or within this machine, and never to where a redirect leads. */
export function openApp(address: string, token: string | null, longestMs = LONGEST_MS): OpenedApp {
  const url = URL.parse(address);
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    return { outcome: 'wrong', why: 'The address is not such as https://<app>.azurewebsites.net.' };
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    return { outcome: 'wrong', why: 'A token is sent by https alone, and to this machine.' };
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = async (path: string, init: RequestInit = {}): Promise<AppAnswer> => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), longestMs);
    const { signal } = limit;
    const asked = { ...init, headers: { ...init.headers, ...headers }, redirect: 'manual', signal } as const;
    const response = await fetch(new URL(`/api/${path}`, url), asked).catch((fault: unknown) => describeFault(fault));
    clearTimeout(timer);
    if (typeof response === 'string') return { answer: 'none', why: response };
    const { status } = response;
    if (response.ok) return { answer: 'given', status, response };
    const told = problemSchema.safeParse(await response.json().catch(() => null));
    return { answer: 'refused', status, why: told.data?.detail ?? 'It gave no reason that is this app’s.' };
  };
  return { outcome: 'opened', api: { ask } };
}

function describeFault(fault: unknown): string {
  const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  if (cause instanceof Error && cause.name === 'AbortError') return 'It did not answer in time.';
  return code === null ? 'It cannot be reached.' : `It cannot be reached (${code}).`;
}
