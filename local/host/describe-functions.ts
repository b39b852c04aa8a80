import type { BlobTrigger } from './blob-triggers.ts';
import type { Registry } from './core-api.ts';
import type { HttpRoute } from './http-routes.ts';
import type { TimerFunction } from './timers.ts';

/** A function as the host serves it; `url` is where to call it or, for events and blobs, where Event Grid may deliver. */
export type HostedFunction =
  | { name: string; trigger: 'httpTrigger'; methods: string[]; route: string; url: string }
  | { name: string; trigger: 'timerTrigger'; schedule: string }
  | { name: string; trigger: 'eventGridTrigger'; url: string }
  | { name: string; trigger: 'blobTrigger'; path: string; url: string };

/** All functions by name, in the order of their registration. */
export function describeFunctions(
  registry: Registry,
  served: {
    url: string;
    routes: readonly HttpRoute[];
    timers: readonly TimerFunction[];
    blobTriggers: readonly BlobTrigger[];
  },
): HostedFunction[] {
  return registry.functions.map((registered): HostedFunction => {
    const { name } = registered.metadata;
    const isThis = (part: { registered: unknown }): boolean => part.registered === registered;
    const route = served.routes.find(isThis);
    if (route !== undefined) {
      const url = `${served.url}/${route.route}`;
      return { name, trigger: 'httpTrigger', methods: route.methods, route: route.route, url };
    }
    const timer = served.timers.find(isThis);
    if (timer !== undefined) return { name, trigger: 'timerTrigger', schedule: timer.schedule };
    const blob = served.blobTriggers.find(isThis);
    if (blob !== undefined) {
      const url = `${served.url}/runtime/webhooks/blobs?functionName=Host.Functions.${name}`;
      return { name, trigger: 'blobTrigger', path: blob.path.text, url };
    }
    const url = `${served.url}/runtime/webhooks/eventgrid?functionName=${name}`;
    return { name, trigger: 'eventGridTrigger', url };
  });
}
