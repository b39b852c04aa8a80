import { setTimeout as wait } from 'node:timers/promises';
import { RestError } from '@azure/storage-blob';
import { type BlobPath, compileBlobPath } from './blob-path.ts';
import { type BlobReceipts, type BlobVersion, loadBlobReceipts } from './blob-receipts.ts';
import type { RegisteredFunction, Registry } from './core-api.ts';
import { findTrigger, readTextOption } from './find-trigger.ts';
import { sendPoisonMessage } from './poison-queue.ts';
import { resolveSettings, type Settings } from './resolve-settings.ts';
import { type BlobRunOptions, runBlob } from './run-blob.ts';
import { openStorageConnection, type StorageConnection } from './storage-connection.ts';

/** A blob function with its path, the settings in it resolved, and its storage account. */
export type BlobTrigger = { registered: RegisteredFunction; path: BlobPath; connection: StorageConnection };

/** What came of an offered blob: `later` while storage has not been reached yet. */
type BlobOffer = 'taken' | 'not of this trigger' | 'later';

/** A trigger at work: `offer` hands it a version of a blob, `stopped` resolves after the signal, when its last run has ended. */
export type RunningBlobTrigger = {
  trigger: BlobTrigger;
  offer(version: BlobVersion, blobType: string): BlobOffer;
  stopped: Promise<void>;
};

/** The blob functions; rejects with a sentence when a path or a connection cannot be used. */
export async function listBlobTriggers(registry: Registry, settings: Settings): Promise<BlobTrigger[]> {
  const registered = registry.functions.filter(({ metadata }) => findTrigger(metadata).type === 'blobTrigger');
  return Promise.all(registered.map((one) => readBlobTrigger(one, settings)));
}

async function readBlobTrigger(registered: RegisteredFunction, settings: Settings): Promise<BlobTrigger> {
  const { binding } = findTrigger(registered.metadata);
  const { name } = registered.metadata;
  if (binding['sdkBinding'] === true) {
    throw new Error(`The function "${name}" wants a blob client (sdkBinding), which the local host does not give.`);
  }
  const path = resolveSettings(readTextOption(binding, 'path') ?? '', settings, name);
  return {
    registered,
    path: compileBlobPath(path, name),
    connection: await openStorageConnection(readTextOption(binding, 'connection') ?? '', settings, name),
  };
}

/**
 * Runs a blob function once for each version of each blob of its path, those included that were there before. There is no
 * Event Grid on a machine of one's own, so the container is listed again and again, `pollIntervalMs` apart, and further
 * apart when listing takes long. A container that is missing is waited for; storage that is away is reported once.
 */
export function startBlobTrigger(
  trigger: BlobTrigger,
  pollIntervalMs: number,
  options: BlobRunOptions,
): RunningBlobTrigger {
  const { registry, signal } = options;
  const { name: functionName } = trigger.registered.metadata;
  const pending = new Map<string, Promise<void>>();
  let receipts: BlobReceipts | undefined;
  let reported = false;

  const report = (error: unknown): void => {
    if (!reported && !signal.aborted) {
      const code = error instanceof RestError ? (error.code ?? `${error.statusCode}`) : String(error);
      registry.log('warning', functionName, `Storage cannot be used (${code}). It is tried again until it can.`);
    }
    reported = true;
  };

  const offer = (version: BlobVersion, blobType: string): BlobOffer => {
    if (trigger.path.match(version.name) === undefined) return 'not of this trigger';
    if (receipts === undefined) return 'later';
    const key = `${version.etag}\n${version.name}`;
    if (!pending.has(key) && !receipts.has(version) && !signal.aborted) {
      const run = finishVersion(trigger, version, blobType, receipts, options).catch(report);
      pending.set(
        key,
        run.finally(() => void pending.delete(key)),
      );
    }
    return 'taken';
  };

  const poll = async (): Promise<void> => {
    while (!signal.aborted) {
      const beganAtMs = performance.now();
      try {
        receipts ??= await loadBlobReceipts(trigger.connection.blobs, functionName);
        await offerAll(trigger, offer, signal);
        if (reported) registry.log('information', functionName, 'Storage can be used again.');
        reported = false;
      } catch (error) {
        report(error);
      }
      const pauseMs = Math.max(pollIntervalMs, 4 * (performance.now() - beganAtMs));
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(pending.values());
  };
  return { trigger, offer, stopped: poll() };
}

async function offerAll(trigger: BlobTrigger, offer: RunningBlobTrigger['offer'], signal: AbortSignal): Promise<void> {
  const { container, prefix } = trigger.path;
  const blobs = trigger.connection.blobs.getContainerClient(container).listBlobsFlat({ prefix, abortSignal: signal });
  try {
    for await (const { name, properties } of blobs) {
      offer({ name, etag: stripQuotes(properties.etag) }, properties.blobType ?? 'BlockBlob');
    }
  } catch (error) {
    if (!(error instanceof RestError) || error.code !== 'ContainerNotFound') throw error;
  }
}

async function finishVersion(
  trigger: BlobTrigger,
  version: BlobVersion,
  blobType: string,
  receipts: BlobReceipts,
  options: BlobRunOptions,
): Promise<void> {
  const { name: functionName } = trigger.registered.metadata;
  const run = await runBlob(trigger, version, options);
  switch (run) {
    case 'aborted':
    case 'gone':
      return;
    case 'poison':
      await sendPoisonMessage(trigger.connection.queues, {
        functionName,
        container: trigger.path.container,
        blobName: version.name,
        blobType,
        etag: version.etag,
      });
      options.registry.log(
        'error',
        functionName,
        `A blob failed at every try and is given up; its name is in the queue webjobs-blobtrigger-poison.`,
      );
      return receipts.add(version);
    case 'succeeded':
      return receipts.add(version);
    default:
      return run satisfies never;
  }
}

/** ETags come with quotation marks in headers, and without them in listings and events. */
export function stripQuotes(etag: string): string {
  return etag.replaceAll('"', '');
}
