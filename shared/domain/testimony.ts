import type { PackedBasis } from './packed-plan.ts';
import type { ResultKey } from './result.ts';
import type { ScriptTestimony } from './script-testimony.ts';

/** What the transcript of one RunScript says, null where it holds no answer. */
export interface Testimony extends ResultKey {
  readonly said: ScriptTestimony | null;
}

/** What a package's own files say of its making: read from what is stored, so that it is the same however often it is read. */
export interface PackedWords {
  readonly basis: PackedBasis;
  readonly testimonies: readonly Testimony[];
}

/** Nothing was said. */
export const NO_WORDS: PackedWords = {
  basis: { why: [], category: null, detectionSource: null, createdAt: null, osPlatform: null, relatedFiles: [] },
  testimonies: [],
};
