import type { Recording } from '../simulator/scenario.ts';

const SCRIPTS = [
  'evidence-triage.ps1',
  'evidence-alerted-files.ps1',
  'evidence-process-memory.ps1',
  'evidence-harvest.ps1',
];
const ARCHIVE = { path: null, bytes: null, sha256: null };

/** What the simulated Windows machine answers, as no PowerShell runs here: a recorded transcript and a made-up archive. */
export function recordWindows(): Recording {
  const answer = { v: 1, ok: true, reason: null, archive: ARCHIVE, items: 0, errors: 0, files: [] };
  const encoded = Buffer.from(JSON.stringify(answer)).toString('base64url');
  const output = `-----BEGIN EVIDENCE ANSWER-----\n${encoded}\n-----END EVIDENCE ANSWER-----`;
  return {
    scripts: Object.fromEntries(SCRIPTS.map((script) => [script, { exitCode: 0, output, errors: '' }])),
    files: {},
    anyFile: { content: { generated: { bytes: 300_000, seed: 'windows' } }, gzip: true },
  };
}
