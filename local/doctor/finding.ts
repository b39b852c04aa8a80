/** What one check found: `fix` is the sentence that says what to do, null where nothing is wrong. */
export interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'wrong' | 'unknown';
  readonly found: string;
  readonly fix: string | null;
}

/** That a check found what should be. */
export function ok(check: string, found: string): Finding {
  return { check, verdict: 'ok', found, fix: null };
}

/** That something is not as it should be, and what to do. */
export function wrong(check: string, found: string, fix: string): Finding {
  return { check, verdict: 'wrong', found, fix };
}

/** That it could not be told, and what would tell it. */
export function unknown(check: string, found: string, fix: string): Finding {
  return { check, verdict: 'unknown', found, fix };
}
