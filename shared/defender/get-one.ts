import type { Api } from './call-endpoint.ts';
import type { EndpointName } from './permissions.ts';
import { expectSuccess, isNotFound, type Success } from './reply.ts';
import type { CallOptions } from './send.ts';

/** What is found behind an id, with the text as it was sent. */
export type Found<K extends string, T> =
  | ({ readonly outcome: 'found'; readonly raw: string } & { readonly [P in K]: T })
  | { readonly outcome: 'not found' };

/** Asks for one thing; null when Defender does not know it, every other failure is thrown as DefenderError. */
export async function getOne(
  api: Api,
  endpoint: EndpointName,
  path: string,
  options?: CallOptions,
): Promise<Success | null> {
  const reply = await api.call({ endpoint, method: 'GET', url: api.url(path), brings: 'JSON' }, options);
  return isNotFound(reply) ? null : expectSuccess(reply);
}
