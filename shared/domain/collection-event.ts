import type { Alert, Severity } from './alert.ts';
import type { OpenStatus, PackedDocument, Progress } from './collection.ts';
import type { ListedScript, ScriptFinding } from './library-proof.ts';
import type { Machine } from './machine.ts';
import type { MachineAction } from './machine-action.ts';
import type { Plan } from './plan.ts';
import type { EvidenceItem, ResultKey } from './result.ts';

/** What may happen to a collection; every event may come twice, late, or out of order. */
export type CollectionEvent =
  | {
      readonly type: 'looked up';
      readonly alert: Alert;
      readonly machine: Machine;
      readonly plan: Plan;
      readonly documents: readonly PackedDocument[];
    }
  | {
      readonly type: 'nothing to collect';
      readonly reason: string;
      readonly alert: Alert | null;
      readonly machine: Machine | null;
    }
  | {
      readonly type: 'merged';
      readonly into: string;
      readonly reason: string;
      readonly alert: Alert;
      readonly machine: Machine;
    }
  | {
      /** Another alert on the machine, whose files this one collects as well. */
      readonly type: 'files united';
      readonly from: string;
      readonly severity: Severity;
      readonly plan: Plan;
    }
  /** Of `put off`, `waits` and `called off`: only while it is in that status, as whoever says so may have read it long ago. */
  | { readonly type: 'put off'; readonly while: OpenStatus; readonly notBefore: string; readonly reason: string }
  | { readonly type: 'waits'; readonly while: OpenStatus; readonly reason: string }
  | { readonly type: 'script uploaded'; readonly name: string; readonly sha256: string }
  | {
      readonly type: 'starting';
      readonly session: number;
      readonly attempt: number;
      /** The plan's scripts as the library listed them right before. */
      readonly scripts?: readonly ListedScript[];
    }
  /** Of a session that has ended: what the library, listed after its end, says of its scripts. */
  | { readonly type: 'scripts checked'; readonly session: number; readonly findings: readonly ScriptFinding[] }
  /** Of a start: which attempt it is about, as whoever says so may have stood still since. */
  | ({ readonly type: 'not started'; readonly notBefore: string; readonly reason: string } & Progress)
  | ({ readonly type: 'start lost'; readonly reason: string } & Progress)
  | ({ readonly type: 'refused'; readonly reason: string } & Progress)
  | { readonly type: 'started'; readonly action: MachineAction }
  | { readonly type: 'action seen'; readonly action: MachineAction }
  | { readonly type: 'action gone'; readonly reason: string }
  | { readonly type: 'adopted'; readonly action: MachineAction }
  | { readonly type: 'pretender seen'; readonly actionId: string; readonly what: string }
  | { readonly type: 'called off'; readonly while?: OpenStatus; readonly by: string; readonly reason: string }
  | {
      readonly type: 'stand down';
      readonly why: 'silent' | 'makes way' | 'script swapped';
      readonly until: string;
      readonly reason: string;
    }
  | { readonly type: 'cancel again' }
  | { readonly type: 'machine reported' }
  | ({ readonly type: 'result stored'; readonly item: EvidenceItem } & ResultKey)
  | ({ readonly type: 'result missing'; readonly reason: string } & ResultKey)
  | ({ readonly type: 'copy begun' } & ResultKey)
  | ({ readonly type: 'copy tried'; readonly reason: string } & ResultKey)
  | { readonly type: 'manifest written'; readonly sha256: string }
  | { readonly type: 'sealed'; readonly tagmanifestSha256: string }
  | { readonly type: 'deadline passed' };

/** An event of that type. */
export type EventOf<T extends CollectionEvent['type']> = Extract<CollectionEvent, { readonly type: T }>;

/** What is to be done after a transition was saved; each may be done twice without harm. */
export type Effect =
  | ({ readonly type: 'write ticket'; readonly attempt: number } & ResultKey)
  | { readonly type: 'cancel action'; readonly actionId: string; readonly reason: string }
  | {
      readonly type: 'give up the turn';
      readonly machineId: string;
      readonly session: number;
      readonly attempt: number;
    }
  | {
      readonly type: 'take the turn';
      readonly machineId: string;
      readonly session: number;
      readonly attempt: number;
    }
  | { readonly type: 'close' };
