import { setTimeout as wait } from 'node:timers/promises';
import { RestError } from '@azure/storage-blob';
import type { BlobVersion } from './blob-receipts.ts';
import type { BlobTrigger } from './blob-triggers.ts';
import type { Registry, TypedData } from './core-api.ts';
import { findTrigger } from './find-trigger.ts';
import { invokeFunction } from './invoke-function.ts';
import type { ConcurrencyLimit } from './limit-concurrency.ts';

/** How the tries for one version of a blob ended: `gone` when it was deleted or overwritten, `poison` when all failed. */
export type BlobRun = 'succeeded' | 'gone' | 'poison' | 'aborted';

/** What a run needs beside the blob; there is one try more than `retryDelaysMs`, which are waited between them. */
export type BlobRunOptions = {
  registry: Registry;
  limit: ConcurrencyLimit;
  retryDelaysMs: readonly number[];
  signal: AbortSignal;
};

/** Runs a blob function on one version until it succeeds or its tries are used up; rejects with the storage SDK's error while storage is away, which uses up no try. */
export async function runBlob(trigger: BlobTrigger, version: BlobVersion, options: BlobRunOptions): Promise<BlobRun> {
  for (const delayMs of [0, ...options.retryDelaysMs]) {
    await wait(delayMs, undefined, { signal: options.signal }).catch(() => undefined);
    if (options.signal.aborted) return 'aborted';
    const outcome = await options.limit(() => tryBlob(trigger, version, options.registry));
    if (outcome !== 'failed') return outcome;
  }
  return 'poison';
}

async function tryBlob(
  trigger: BlobTrigger,
  version: BlobVersion,
  registry: Registry,
): Promise<'succeeded' | 'gone' | 'failed'> {
  const { registered } = trigger;
  const read = await readBlob(trigger, version).catch((error: unknown) => {
    if (!(error instanceof RestError) || error.statusCode === undefined || error.statusCode >= 500) throw error;
    if (error.statusCode === 404 || error.statusCode === 412) return 'gone' as const;
    registry.log('error', registered.metadata.name, `The blob cannot be read: ${error.code ?? error.statusCode}.`);
    return 'failed' as const;
  });
  return typeof read === 'string' ? read : (await invokeFunction(registry, { registered, ...read })).status;
}

/** The names of the trigger metadata are those of the real host's BlobTriggerBinding; the library makes their first letters small. */
async function readBlob(
  { registered, connection, path }: BlobTrigger,
  { name, etag }: BlobVersion,
): Promise<{ data: TypedData; triggerMetadata: Record<string, TypedData> }> {
  const blob = connection.blobs.getContainerClient(path.container).getBlobClient(name);
  const conditions = { ifMatch: `"${etag}"` };
  const properties = await blob.getProperties({ conditions });
  const length = properties.contentLength ?? 0;
  const bytes = length === 0 ? Buffer.alloc(0) : await blob.downloadToBuffer(0, length, { conditions });
  const wantsText = findTrigger(registered.metadata).binding['dataType'] === 'string';
  const params = Object.entries(path.match(name) ?? {});
  return {
    data: wantsText ? { string: bytes.toString('utf8') } : { bytes },
    triggerMetadata: {
      BlobTrigger: { string: `${path.container}/${name}` },
      Uri: { string: blob.url.replace(/\?.*$/s, '') },
      Properties: {
        json: JSON.stringify({
          BlobType: properties.blobType,
          ContentLength: length,
          ContentType: properties.contentType,
          CreatedOn: properties.createdOn,
          ETag: etag,
          LastModified: properties.lastModified,
        }),
      },
      Metadata: { json: JSON.stringify(properties.metadata ?? {}) },
      ...Object.fromEntries(params.map(([param, value]) => [param, { string: value }])),
    },
  };
}
