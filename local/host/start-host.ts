import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { listBlobTriggers, startBlobTrigger } from './blob-triggers.ts';
import { createBlobWebhook } from './blob-webhook.ts';
import { checkBindings } from './check-bindings.ts';
import { installCoreApi, type Log, releaseCoreApi } from './core-api.ts';
import { describeFunctions, type HostedFunction } from './describe-functions.ts';
import { createEventGridWebhook } from './event-grid.ts';
import { createRequestListener } from './http-requests.ts';
import { listHttpRoutes } from './http-routes.ts';
import { importApp } from './import-app.ts';
import { runHooks } from './invoke-function.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import { closeServer, listen } from './listen.ts';
import { openStreamProxy } from './open-stream-proxy.ts';
import { readHostJson } from './read-host-json.ts';
import { putSettings, type Settings } from './resolve-settings.ts';
import { listTimers, runTimer } from './timers.ts';

/** What to host and how. */
export type HostSettings = {
  /** The ESM file that registers the functions when it is imported; host.json is read beside its package.json. */
  appFile: string;
  /** TCP port; 0 takes a free one. */
  port: number;
  /** The app settings; they become the app's environment. */
  settings: Settings;
  /** Takes each line of the functions' logs and of the host's own. */
  log: Log;
  /** A loopback address; 127.0.0.1 when absent. */
  address?: string;
  /** Between two listings of a blob trigger's container; 500 when absent. */
  blobPollIntervalMs?: number;
  /** Waits between the tries for one blob, so there is one try more; when absent four, which makes five tries. */
  blobRetryDelaysMs?: readonly number[];
  /** How long `close` waits for what runs; 5,000 when absent. */
  closeTimeoutMs?: number;
};

/** A running host; `close` takes nothing new, waits for what runs, and lets go of all. */
export type Host = { url: string; functions: HostedFunction[]; close(): Promise<void> };

const defaultBlobPollIntervalMs = 500;
const defaultBlobRetryDelaysMs = [1_000, 2_000, 4_000, 8_000];
const defaultCloseTimeoutMs = 5_000;

/**
 * Hosts an app in this process: its HTTP, timer, Event Grid and blob functions, registered through the real
 * `@azure/functions`. Rejects with a sentence when the app cannot be loaded, a trigger cannot be served or the port is
 * taken. One host a process at a time; another one can follow when the first was closed.
 */
export async function startHost(host: HostSettings): Promise<Host> {
  const registry = installCoreApi(host.log);
  // The app asks nobody for a role where only this machine can reach it.
  const letGo = [releaseCoreApi, putSettings({ ...host.settings, HOST_LISTENS_ON: 'loopback' })];
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  try {
    await importApp(host.appFile);
    registry.open = false;
    checkBindings(registry);
    const proxy = await openStreamProxy(registry);
    if (proxy !== undefined) letGo.push(proxy.close);
    const appHookData = {};
    await runHooks(registry, 'appStart', { hookData: appHookData });

    const options = readHostJson(resolve(host.appFile));
    const routes = listHttpRoutes(registry, options.routePrefix);
    const timers = listTimers(registry, host.settings);
    const blobTriggers = await listBlobTriggers(registry, host.settings);
    const server = createServer({ requestTimeout: 0 });
    const url = await listen(server, host.port, host.address ?? '127.0.0.1');

    const blobRuns = {
      registry,
      limit: limitConcurrency(options.blobInvocationsAtOnce),
      retryDelaysMs: host.blobRetryDelaysMs ?? defaultBlobRetryDelaysMs,
      signal: stopping.signal,
    };
    const pollIntervalMs = host.blobPollIntervalMs ?? defaultBlobPollIntervalMs;
    const blobs = blobTriggers.map((trigger) => startBlobTrigger(trigger, pollIntervalMs, blobRuns));
    const webhooks = {
      '/runtime/webhooks/eventgrid': createEventGridWebhook(registry),
      '/runtime/webhooks/blobs': createBlobWebhook(blobs),
    };
    server.on('request', createRequestListener({ registry, routes, webhooks, proxy }));
    const running = [
      ...timers.map((timer) => runTimer(registry, timer, stopping.signal)),
      ...blobs.map(({ stopped }) => stopped),
    ];

    const close = async (): Promise<void> => {
      stopping.abort();
      await closeServer(server, running, host.closeTimeoutMs ?? defaultCloseTimeoutMs);
      try {
        await runHooks(registry, 'appTerminate', { hookData: appHookData });
      } finally {
        for (const undo of letGo) undo();
      }
    };
    let closed: Promise<void> | undefined;
    return {
      url,
      functions: describeFunctions(registry, { url, routes, timers, blobTriggers }),
      close: () => (closed ??= close()),
    };
  } catch (error) {
    for (const undo of letGo) undo();
    throw error;
  }
}
