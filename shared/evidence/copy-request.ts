import type { ContainerClient } from '@azure/storage-blob';
import type { Dispatcher } from 'undici';
import type { EvidenceItem } from '../domain/result.ts';
import type { LinkOutcome } from '../domain/result-link.ts';
import type { InsideCaps } from './hash-content.ts';

/** What to copy and where to; what is optional has a default. */
export interface CopyRequest {
  readonly container: ContainerClient;
  /** The blob's name: `<collectionId>/<path in the package>`. */
  readonly path: string;
  /** Called before each request to the source; its errors come out of the copy as they are. */
  readonly askForLink: () => Promise<LinkOutcome>;
  /** As `checkLink` takes them. */
  readonly allowedHosts: readonly string[];
  /** One of `makeLinkDispatcher`; made for this copy alone by default. */
  readonly dispatcher?: Dispatcher;
  readonly limits: InsideCaps & { readonly maxBytes: number };
  /** How long nothing may come while bytes are waited for; 30 s by default. */
  readonly idleTimeoutMs?: number;
  /** Called whenever a block was sent off to storage. */
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
  /** Asked right before the commit: a result that nobody waits for any more is not committed. */
  readonly mayCommit?: () => Promise<'commit' | 'stop'>;
  /** A text for block ids that no other copy has, always of the same length; a UUID by default. */
  readonly random?: () => string;
  readonly now?: () => Date;
  /** Waits between two tries; in real time by default. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** How far a copy has come; `totalBytes` is null while the source did not tell. */
export interface CopyProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
}

/** How the bytes that are there compare with those that were received now or, when none were, with the SHA-256 that was noted at their commit. */
export type Compared = 'same' | 'changed' | 'not comparable';

/** What is stored of a result; `head` is its content, out of its gzip, when that is at most 4 MiB, else null. */
export interface StoredCopy {
  readonly item: Omit<EvidenceItem, 'report'>;
  readonly head: Uint8Array | null;
}

/** How a copy ended. What was there already stands, whatever it compares as, and is what `item` tells. */
export type CopyAnswer =
  | ({ readonly outcome: 'stored' } & StoredCopy)
  | ({ readonly outcome: 'already there'; readonly compared: Compared } & StoredCopy)
  | { readonly outcome: 'no result'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: string };
