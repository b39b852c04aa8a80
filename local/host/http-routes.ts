import type { RegisteredFunction, Registry } from './core-api.ts';
import { findTrigger, readTextOption } from './find-trigger.ts';
import { compileRouteTemplate, type RouteTemplate } from './route-template.ts';

/** An HTTP function with its methods in upper case and its route with the prefix, without a leading slash. */
export type HttpRoute = {
  registered: RegisteredFunction;
  methods: string[];
  route: string;
  template: RouteTemplate;
};

/** A request's function, and its route parameters. */
export type HttpMatch = { registered: RegisteredFunction; params: Record<string, string> };

/** The routes of all HTTP functions, most specific first; throws a sentence when one cannot be read. */
export function listHttpRoutes(registry: Registry, routePrefix: string): HttpRoute[] {
  return registry.functions
    .filter(({ metadata }) => findTrigger(metadata).type === 'httpTrigger')
    .map((registered): HttpRoute => {
      const { binding } = findTrigger(registered.metadata);
      const own = readTextOption(binding, 'route') ?? registered.metadata.name;
      const route = [routePrefix, own]
        .map((part) => part.replace(/^\/+|\/+$/g, ''))
        .filter(Boolean)
        .join('/');
      return { registered, methods: readMethods(binding['methods']), route, template: compileRouteTemplate(route) };
    })
    .sort((a, b) => (a.template.precedence < b.template.precedence ? -1 : 1));
}

/** The first route that takes this method and path; a route of another method is passed over, as in the real host, which then answers 404. */
export function matchHttpRoute(routes: readonly HttpRoute[], method: string, path: string): HttpMatch | undefined {
  for (const { registered, methods, template } of routes) {
    if (!methods.includes(method)) continue;
    const params = template.match(path);
    if (params !== undefined) return { registered, params };
  }
  return undefined;
}

function readMethods(option: unknown): string[] {
  return Array.isArray(option) && option.length > 0
    ? option.map((method) => `${method}`.toUpperCase())
    : ['GET', 'POST'];
}
