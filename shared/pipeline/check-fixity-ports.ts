import type { FixityFault } from '../domain/fixity.ts';
import type { FixityRound } from '../domain/fixity-round.ts';
import type { SealStatement } from '../domain/signature.ts';
import type { Ports } from './ports.ts';

/** A sealed package that is not as it was sealed; `entry` is the number of the custody entry that says so. */
export interface Mismatch {
  readonly collectionId: string;
  readonly entry: number;
  readonly at: string;
  readonly faults: readonly FixityFault[];
}

/** A collection by its place among all of them. */
export interface Placed {
  readonly key: string;
  readonly id: string;
}

/** What the check of old packages knows of the outside. Whatever cannot be reached throws, and is never taken for a mismatch. */
export interface FixityPorts
  extends Pick<Ports, 'now' | 'sha256' | 'mode' | 'collections' | 'evidence' | 'explain' | 'log'> {
  /** A round begins so long after the one before, in days. */
  readonly intervalDays: number;
  /** Takes the next run of a round for us, null while others are at it or nothing is to be done. */
  readonly takeRun: (intervalMs: number) => Promise<FixityRound | null>;
  readonly saveRound: (round: FixityRound) => Promise<void>;
  /** The collections after a place, some at a time; none at the end. */
  readonly listAfter: (key: string | null) => Promise<readonly Placed[]>;
  /** Length and SHA-256 of a stored file, read as a stream; null when it is not there. */
  readonly digestFile: (
    collectionId: string,
    path: string,
  ) => Promise<{ readonly bytes: number; readonly sha256: string } | null>;
  /** Whether a signature is one of ours over that statement. */
  readonly checkSignature: (jws: string, statement: SealStatement) => Promise<'fits' | 'does not fit'>;
  /** Tells those who watch; at least once for each check that found it. */
  readonly tellMismatch: (mismatch: Mismatch) => Promise<void>;
}
