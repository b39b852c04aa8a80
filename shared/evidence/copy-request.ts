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

/** How a copy ended; `head` is the whole content of at most 4 MiB, null for a longer one. */
export type CopyAnswer =
  | {
      readonly outcome: 'stored' | 'already there';
      readonly item: Omit<EvidenceItem, 'report'>;
      readonly head: Uint8Array | null;
    }
  | { readonly outcome: 'no result'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: string };
