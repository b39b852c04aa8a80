import type { Severity } from '../../shared/domain/alert.ts';
import type { Mode } from '../../shared/pipeline/ports.ts';

/** What an instance talks to; each may be away by itself. */
export type Service = 'tables' | 'tickets' | 'evidence' | 'custody' | 'vault' | 'defender' | 'results';

/**
 * What may happen to one call: the instance dies before the call is made, or after its effect; the answer is lost; it is
 * lost and the effect comes later; nothing was done; the SDK sent it twice and answers what the second came to; the
 * instance stands still before it sees the answer.
 */
export type StrikeKind =
  | 'crash before'
  | 'crash after'
  | 'lost answer'
  | 'late effect'
  | 'refused'
  | 'repeated'
  | 'freeze';

/** A fault of one call: the nth of its name in the whole run, from 1. */
export interface Strike {
  readonly call: string;
  readonly nth: number;
  readonly kind: StrikeKind;
}

/** An instance of the app; `skewMs` is how far its clock is off until the faults end. */
export interface InstancePlan {
  readonly skewMs: number;
}

/** A machine, and how it behaves; spans are in ms since the start. */
export interface MachinePlan {
  readonly id: string;
  readonly system: 'linux' | 'windows';
  readonly away: readonly Span[];
  /** A person has a live response session on it. */
  readonly portal: readonly Span[];
  readonly beginMs: number;
  readonly commandMs: number;
  readonly finalMs: number;
  /** The command that fails, null for none. */
  readonly failsAt: number | null;
  readonly cancelMs: number;
  readonly onCancel: 'stops' | 'runs on';
}

/** From `fromMs` until before `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An alert: when it is sent, which may be often, and what it says. */
export interface AlertPlan {
  readonly id: string;
  /** Index of its machine. */
  readonly machine: number;
  readonly severity: Severity;
  readonly files: readonly string[];
  /** Defender does not know it before. */
  readonly knownFromMs: number;
  readonly arrivals: readonly { readonly atMs: number; readonly names: 'alert and machine' | 'alert only' }[];
}

/** Something that goes on for a while, or happens once. */
export type Episode =
  | ({ readonly what: 'away'; readonly services: readonly Service[] } & Span)
  | ({ readonly what: 'defender fails'; readonly share: number } & Span)
  | ({
      readonly what: 'throttled';
      readonly share: number;
      readonly retryAfterMs: number;
      /** Live responses alone are turned away; all calls where it says nothing. */
      readonly only?: 'starts';
    } & Span)
  | ({ readonly what: 'timer silent' } & Span)
  | ({ readonly what: 'frozen'; readonly instance: number } & Span)
  | ({ readonly what: 'clock back'; readonly instance: number } & Span)
  | ({ readonly what: 'paused'; readonly running: 'goes on' | 'is cancelled' } & Span)
  | ({ readonly what: 'yielded'; readonly machine: number } & Span)
  | ({ readonly what: 'tampered library' } & Span)
  | { readonly what: 'called off'; readonly alert: number; readonly fromMs: number }
  | { readonly what: 'retried'; readonly alert: number; readonly fromMs: number }
  | {
      readonly what: 'pretender';
      readonly of: 'other machine' | 'other commands' | 'other requestor';
      readonly fromMs: number;
    }
  | { readonly what: 'foreign action'; readonly machine: number; readonly fromMs: number }
  | { readonly what: 'poisoned ticket'; readonly content: string; readonly name: string; readonly fromMs: number }
  | { readonly what: 'poisoned row'; readonly alert: number; readonly fromMs: number }
  | { readonly what: 'damaged index'; readonly fromMs: number };

/** Everything that a run depends on: the same scenario always runs the same way. */
export interface Scenario {
  readonly seed: string;
  readonly instances: readonly InstancePlan[];
  readonly machines: readonly MachinePlan[];
  readonly alerts: readonly AlertPlan[];
  readonly episodes: readonly Episode[];
  readonly strikes:
    | {
        readonly by: 'chance';
        readonly rate: number;
        readonly calls?: readonly string[];
        readonly kinds?: readonly StrikeKind[];
      }
    | { readonly by: 'list'; readonly list: readonly Strike[] };
  /** From then on nothing more goes wrong. */
  readonly faultsEndMs: number;
  readonly settings: ScenarioSettings;
}

/** How the app and the services around it are set. */
export interface ScenarioSettings {
  readonly mode: Mode;
  readonly tickMs: number;
  readonly timersAtOnce: number;
  readonly startsPerMinute: number;
  readonly sessions: number;
  readonly deadlineHours: number;
  readonly pendingLimitMinutes: number;
  readonly mergeMinutes: number;
  /** The most by which what Defender shows is behind. */
  readonly lagMs: number;
  readonly tickets: 'delivered' | 'delivered twice' | 'never delivered';
  readonly linkMs: number;
  /** Of the downloads of results that share is cut or lies. */
  readonly badDownloads: number;
}
