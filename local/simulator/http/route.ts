import type { Role } from '../token.ts';
import type { Reply } from './reply.ts';

/** The names by which calls, quotas and faults speak of the endpoints. */
export type Endpoint =
  | 'alert'
  | 'alerts'
  | 'alert files'
  | 'alert machine'
  | 'update alert'
  | 'machine'
  | 'machines'
  | 'machine alerts'
  | 'runliveresponse'
  | 'collect package'
  | 'package uri'
  | 'machineaction'
  | 'machineactions'
  | 'cancel'
  | 'result link'
  | 'libraryfiles'
  | 'upload libraryfile'
  | 'delete libraryfile';

/** What a request is about, as far as its path tells: a machine, and the comment of a machine action. */
export type Subject = { machineId: string | null; comment: string | null };

/** A request as a handler sees it: `param` is the decoded variable part of the path, `index` that of a result link. */
export type ApiRequest = {
  param: string;
  index: string;
  query: URLSearchParams;
  /** The roles that the caller's token has, and that open anything yet. */
  roles: readonly string[];
  contentType: string;
  readBody(limitBytes: number): Promise<Buffer | 'too large'>;
};

/** One endpoint: any one of `roles` in the token opens it; `about` tells the subject of its path's variable part. */
export type Route = {
  endpoint: Endpoint;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: RegExp;
  roles: readonly Role[];
  about?(param: string): Subject;
  handle(request: ApiRequest): Promise<Reply> | Reply;
};

/** Makes the pattern of a path below /api/, any case, where `{}` stands for one variable segment and `(index={})` for a number. */
export function pathPattern(template: string): RegExp {
  const source = template
    .replace('(index={})', '(?:\\(|%28)index(?:=|%3D)(?<index>-?\\d+)(?:\\)|%29)')
    .replace('{}', '(?<param>[^/]+)');
  return new RegExp(`^/api/${source}$`, 'i');
}

/** Finds the endpoint of a request; undefined if there is none or its path is not decodable. */
export function findRoute(
  routes: readonly Route[],
  method: string | undefined,
  path: string,
): { route: Route; param: string; index: string } | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const groups = route.path.exec(path);
    if (groups === null) continue;
    const param = decode(groups.groups?.['param'] ?? '');
    return param === undefined ? undefined : { route, param, index: groups.groups?.['index'] ?? '' };
  }
  return undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
