import type { Finding } from './finding.ts';
import type { Posted } from './post-alerts.ts';
import type { Struck } from './storm.ts';

/** What happened until the app had come to rest, or the time was over. */
export interface Lived {
  readonly posted: Posted;
  readonly struck: readonly Struck[];
  readonly stormSeconds: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}
