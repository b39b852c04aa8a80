import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chainFacts, checkCustody, type CustodyFact, NO_CUSTODY, stampFacts } from '../../../shared/domain/custody.ts';
import { CHAIN_CHECK } from '../../../shared/domain/report-custody.ts';
import { sha256 } from './package-record-fixture.ts';

const AT = '2026-03-02T03:14:07.000Z';
const FACT: CustodyFact = { event: 'opened', actor: 'http', detail: { file: 'report.html', bytes: 12, reason: null } };

function lineOf(fact: CustodyFact): string {
  const { lines } = chainFacts(NO_CUSTODY, [fact], AT, sha256);
  return lines[0]?.line ?? '';
}

describe('an entry', () => {
  test('without caller and service time is the line that it always was, byte for byte', () => {
    expect(lineOf(FACT)).toBe(
      `{"actor":"http","at":"${AT}","detail":{"bytes":12,"file":"report.html","reason":null},"event":"opened","number":1,"previous":"${'0'.repeat(64)}"}`,
    );
  });

  test('with them is canonical JSON (RFC 8785), and its last member is still the hash of the entry before', () => {
    const [stamped] = stampFacts([{ ...FACT, caller: 'app 7f3c\ud800' }], '2026-03-02T03:14:09.000Z');
    if (stamped === undefined) throw new Error('There is a fact.');
    expect(lineOf(stamped)).toBe(
      `{"actor":"http","at":"${AT}","atService":"2026-03-02T03:14:09.000Z","caller":"app 7f3c\ufffd","detail":{"bytes":12,"file":"report.html","reason":null},"event":"opened","number":1,"previous":"${'0'.repeat(64)}"}`,
    );
  });
});

test('a log in which only later entries have caller and service time is one chain, by our check and by a shell', () => {
  const old = chainFacts(NO_CUSTODY, [FACT, FACT], AT, sha256);
  const late = chainFacts(old.head, stampFacts([{ ...FACT, caller: 'key' }, FACT], AT), AT, sha256);
  const lines = [...old.lines, ...late.lines].map(({ line }) => line);
  expect(checkCustody(lines, sha256)).toEqual({ verdict: 'whole', head: late.head });
  const folder = mkdtempSync(join(tmpdir(), 'custody-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'custody.jsonl'), `${lines.join('\n')}\n`);
  const head = execFileSync('sh', ['-c', CHAIN_CHECK], { cwd: folder, encoding: 'utf8' });
  expect(head.trim()).toBe(late.head.head);
});

test('facts that nobody timed stay as they are', () => {
  const facts = [FACT];
  expect(stampFacts(facts, undefined)).toBe(facts);
});
