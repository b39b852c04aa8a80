import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ContainerClient, RestError } from '@azure/storage-blob';
import type { MemoryBlobs } from './memory-blobs.ts';

/** What one call to the service is: reading or writing, and of which blob. */
export interface BlobCall {
  readonly kind: 'read' | 'write';
  readonly name: string;
  readonly blob: string;
}

/** Lets a call to a service happen, now or later, or not at all. */
export type PassBlob = <T>(call: BlobCall, effect: () => T) => Promise<T>;

interface WriteOptions {
  readonly conditions?: { readonly ifNoneMatch?: string };
  readonly transactionalContentMD5?: Uint8Array;
  readonly blobHTTPHeaders?: { readonly blobContentType?: string };
}

/** The SDK's client as far as the evidence adapters use it, on blobs in memory; `pass` decides when a call happens. */
export function connectBlobs(blobs: MemoryBlobs, pass: PassBlob = passAtOnce): ContainerClient {
  const client = {
    getBlockBlobClient: (name: string) => openBlob(blobs, pass, name),
    getProperties: async () => ({ hasImmutabilityPolicy: blobs.policy === 'immutable', hasLegalHold: false }),
    async *listBlobsFlat({ prefix }: { readonly prefix: string }) {
      const found = await pass({ kind: 'read', name: 'list', blob: prefix }, () => blobs.list(prefix));
      for (const [name, { content }] of found) yield { name, properties: { contentLength: content.length } };
    },
  };
  return client as unknown as ContainerClient;
}

function openBlob(blobs: MemoryBlobs, pass: PassBlob, name: string) {
  return {
    async upload(bytes: Uint8Array, length: number, options: WriteOptions = {}) {
      const content = Buffer.from(bytes.subarray(0, length));
      await pass({ kind: 'write', name: 'upload', blob: name }, () => {
        checkMd5(content, options);
        const write = { name, content, contentType: typeOf(options), ifNoneMatch: isCreateOnly(options) };
        refuseSecond(blobs.put(write));
      });
      return {};
    },
    async stageBlock(blockId: string, bytes: Uint8Array, length: number, options: WriteOptions = {}) {
      const content = Buffer.from(bytes.subarray(0, length));
      await pass({ kind: 'write', name: 'stage', blob: name }, () => {
        checkMd5(content, options);
        refuseSecond(blobs.stage(name, blockId, content));
      });
      return {};
    },
    async commitBlockList(blockIds: readonly string[], options: WriteOptions = {}) {
      return pass({ kind: 'write', name: 'commit', blob: name }, () => {
        const write = { name, blockIds, contentType: typeOf(options), ifNoneMatch: isCreateOnly(options) };
        const answer = blobs.commit(write);
        refuseSecond(answer);
        if (answer === 'unknown block') throw refuse(400, 'InvalidBlockList');
        return { lastModified: blobs.get(name)?.writtenAt };
      });
    },
    async download() {
      const found = await pass({ kind: 'read', name: 'download', blob: name }, () => blobs.get(name));
      if (found === null) throw refuse(404, 'BlobNotFound');
      return {
        readableStreamBody: Readable.from([found.content], { objectMode: false }),
        contentLength: found.content.length,
        contentType: found.contentType,
        lastModified: found.writtenAt,
      };
    },
    async deleteIfExists() {
      const answer = await pass({ kind: 'write', name: 'delete', blob: name }, () => blobs.remove(name));
      refuseSecond(answer);
      return { succeeded: answer === 'removed' };
    },
    // A policy of the container is told by the container alone.
    getProperties: async () => {
      if (blobs.get(name) === null) throw refuse(404, 'BlobNotFound');
      return {};
    },
    exists: () => pass({ kind: 'read', name: 'exists', blob: name }, () => blobs.get(name) !== null),
  };
}

/** Throws the service's refusal to write what is there already, or to delete what is to be kept (Azure Storage: blob error codes). */
function refuseSecond(answer: ReturnType<MemoryBlobs['commit' | 'stage' | 'remove']>): void {
  if (answer === 'exists') throw refuse(409, 'BlobAlreadyExists');
  if (answer === 'immutable') throw refuse(409, 'BlobImmutableDueToPolicy');
}

function isCreateOnly({ conditions }: WriteOptions): boolean {
  if (conditions?.ifNoneMatch !== undefined && conditions.ifNoneMatch !== '*')
    throw new Error('The container in memory knows no other If-None-Match than *.');
  return conditions?.ifNoneMatch === '*';
}

function typeOf({ blobHTTPHeaders }: WriteOptions): string {
  return blobHTTPHeaders?.blobContentType ?? 'application/octet-stream';
}

function checkMd5(content: Uint8Array, { transactionalContentMD5: md5 }: WriteOptions): void {
  if (md5 !== undefined && !createHash('md5').update(content).digest().equals(md5)) throw refuse(400, 'Md5Mismatch');
}

function refuse(statusCode: number, code: string): RestError {
  return new RestError(code, { statusCode, code });
}

async function passAtOnce<T>(_: BlobCall, effect: () => T): Promise<T> {
  return effect();
}
