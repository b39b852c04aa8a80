/** Stable codes of the answers that are errors. */
export const PROBLEM_CODES = [
  'no-body',
  'not-json',
  'unknown-payload',
  'too-many-alerts',
  'body-too-large',
  'wrong-content-type',
  'not-found',
  'no-report-yet',
  'wrong-query',
  'wrong-order',
  'no-key',
  'key-used',
  'too-late',
  'nothing-to-retry',
  'not-signed-in',
  'not-allowed',
  'too-many-today',
  'switched-off',
  'unavailable',
] as const;

/** One code of an answer that is an error. */
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** An answer that is an error, as RFC 9457 has it. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PROBLEMS: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  'no-body': { status: 400, title: 'The request has no body' },
  'not-json': { status: 400, title: 'The body is not JSON' },
  'unknown-payload': { status: 422, title: 'The payload names no alert that can be collected' },
  'too-many-alerts': { status: 413, title: 'The list names too many alerts' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'wrong-content-type': { status: 415, title: 'The body is not announced as JSON' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'no-report-yet': { status: 404, title: 'There is no report yet' },
  'wrong-query': { status: 400, title: 'A query parameter is wrong' },
  'wrong-order': { status: 400, title: 'The body does not say what is to be done' },
  'no-key': { status: 400, title: 'The request has no key to know it again by' },
  'key-used': { status: 422, title: 'The key was used for another request' },
  'too-late': { status: 409, title: 'It is too late for that' },
  'nothing-to-retry': { status: 409, title: 'There is nothing to try again' },
  'not-signed-in': { status: 401, title: 'Nobody is signed in' },
  'not-allowed': { status: 403, title: 'The caller may not do that' },
  'too-many-today': { status: 429, title: 'The caller has sent too many alerts today' },
  'switched-off': { status: 503, title: 'The collector is switched off' },
  unavailable: { status: 503, title: 'The request could not be carried out now' },
};

/** The answer for a fault of a request: a stable code, and a sentence that says what to do. */
export function describeProblem(code: ProblemCode, detail: string): Problem {
  const { status, title } = PROBLEMS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `urn:evidence-collector:problem:${code}`, title, status, code, detail }),
  };
}

/** The HTTP status of the answers with that code. */
export function statusOf(code: ProblemCode): number {
  return PROBLEMS[code].status;
}
