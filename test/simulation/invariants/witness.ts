import type { Collection } from '../../../shared/domain/collection.ts';
import type { QuotaName } from '../../../shared/defender/quotas.ts';
import type { CustodyLine } from '../../../shared/domain/custody.ts';
import type { LogLine } from '../../../shared/pipeline/ports.ts';
import type { BlobChange, MemoryBlobs } from '../../memory/memory-blobs.ts';
import type { MemoryRows, RowChange } from '../../memory/memory-rows.ts';
import type { DefenderFact, PlayedDefender } from '../defender/play-defender.ts';
import type { Scenario } from '../scenario.ts';
import type { Book } from './book.ts';

/** What must hold; the names are those of the README's list, `switch` stands for pause and mode. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I11' | 'switch';

/** That something did not hold: what, and when. */
export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
  readonly atMs: number;
}

/** A save of a collection, as the table saw it. */
export interface Save {
  readonly before: Collection | null;
  readonly after: Collection;
  readonly lines: readonly CustodyLine[];
}

/** What witnesses may look at; times are ms since the run's start, `epochMs` is the services' clock. */
export interface Scene {
  readonly scenario: Scenario;
  readonly sinceStart: () => number;
  readonly epochMs: () => number;
  readonly book: Book;
  readonly rows: MemoryRows;
  readonly evidence: MemoryBlobs;
  readonly custody: MemoryBlobs;
  readonly defender: PlayedDefender;
  /** Whether anything has gone wrong with a call or an instance so far. */
  readonly hadFaults: () => boolean;
  readonly fail: (invariant: Invariant, what: string) => void;
}

/** What the call of a life to Defender was told: to make none of that quota for so long. */
export interface Told {
  readonly by: string;
  readonly quota: QuotaName;
  readonly afterMs: number;
}

/** Sees what happens, and says when something does not hold. */
export interface Witness {
  saved?(save: Save): void;
  rows?(changes: readonly RowChange[]): void;
  blob?(container: 'tickets' | 'evidence' | 'custody', change: BlobChange): void;
  defender?(fact: DefenderFact): void;
  log?(line: LogLine): void;
  /** An instance makes a start. */
  starts?(comment: string): void;
  /** An instance was told by a 429 to wait. */
  throttled?(told: Told): void;
  /** A call is made though its instance stood still since it was granted. */
  stale?(quota: QuotaName): void;
  /** A life ended, or the storage failed it. */
  struck?(by: string): void;
  acknowledged?(collectionIds: readonly string[]): void;
  /** A trigger's function threw. */
  threw?(fault: unknown): void;
  /** The run came to its end. */
  end?(): void;
}
