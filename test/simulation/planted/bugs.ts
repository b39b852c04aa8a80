/** A bug that is planted in the product's source: what is found, exactly once, and what takes its place. */
export interface PlantedBug {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** One change of one file below `shared/`. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The bugs that the simulation must catch. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  plant('a save ignores the ETag', 'state/collections.ts', "'Replace', { etag: version }]", "'Replace']"),
  plant(
    'a shared row is saved without its ETag',
    'state/shared-row.ts',
    "'Replace', { etag: version });",
    "'Replace');",
  ),
  plant('a text is put without If-None-Match', 'evidence/put-once.ts', "conditions: { ifNoneMatch: '*' },", ''),
  plant(
    'a result is committed without If-None-Match',
    'evidence/stage-blocks.ts',
    "{ ...options, conditions: { ifNoneMatch: '*' } }",
    'options',
  ),
  plant(
    'a lost answer is not looked for',
    'pipeline/find-lost-action.ts',
    'const [first] = ours;',
    'const [first] = ours.slice(ours.length);',
  ),
  plant(
    'an unknown answer counts as not started',
    'pipeline/send-start.ts',
    "    case 'unreachable':\n",
    "    case 'unreachable':\n    case 'unknown':\n",
  ),
  plant(
    'the order of statuses is trusted',
    'domain/run-session.ts',
    "collection.actionStatus === 'Pending' && action.status === 'InProgress'",
    'collection.actionStatus !== action.status',
  ),
  plant('the visibility window is skipped', 'pipeline/visibility.ts', '180_000', '20_000'),
  plant(
    'a start takes no lease',
    'domain/start-quota.ts',
    'leases: [...leases, { ...attemptName, since: now, reach }],',
    'leases,',
  ),
  plant(
    'the window begins at the full minute',
    'domain/start-quota.ts',
    'return Date.parse(start.at) + (',
    'return Math.floor(Date.parse(start.at) / 60_000) * 60_000 + (',
  ),
  plant(
    'a place is held from the grant and not from the answer',
    'domain/start-quota.ts',
    "{ ...start, at: now, phase: 'answered' as const }",
    "{ ...start, phase: 'answered' as const }",
  ),
  plant(
    'Retry-After of a start is ignored',
    'pipeline/send-start.ts',
    'await ports.governor.block(answer.afterMs);',
    '',
  ),
  plant(
    'Retry-After of any other call is ignored',
    'state/call-quotas.ts',
    'state: blockCalls(state, ms, now.toISOString())',
    'state',
  ),
  plant(
    'an action is taken up by its comment alone',
    'domain/match-action.ts',
    "  if (action.machineId.toLowerCase() !== expected.machineId.toLowerCase())\n    return { match: 'pretends', what: 'machine' };",
    "  if (action.comment === expected.comment) return { match: 'ours' };",
  ),
  {
    name: 'notBefore is ignored',
    changes: [
      change('domain/run-session.ts', '!isNext || now < collection.notBefore', '!isNext'),
      change('pipeline/prepare-starts.ts', ' || ports.now().toISOString() < collection.notBefore', ''),
    ],
  },
  plant(
    'effects are not run after a save',
    'pipeline/apply-event.ts',
    'await runEffects(ports, next, withoutRepeats(step.effects));',
    '',
  ),
  plant(
    'a collection is closed before its custody log is exported',
    'pipeline/run-effects.ts',
    '      await exportCustody(ports, collection);\n',
    '      await ports.collections.close(id);\n      await exportCustody(ports, collection);\n',
  ),
  plant(
    'the pair of alert and machine is not claimed',
    'pipeline/look-up.ts',
    'const owner = await ports.collections.claimPair(pair, collection.id);',
    'const owner = pair === "" ? pair : collection.id;',
  ),
  plant(
    'a ticket is never written again',
    'domain/settle-copy.ts',
    "[{ type: 'write ticket', session, index, attempt: tries + 1 }]",
    '[]',
  ),
  plant(
    'a cancel is not verified',
    'domain/call-off.ts',
    "    case 'planned':\n    case 'copying':\n      return seal(",
    "    case 'planned':\n    case 'running':\n    case 'copying':\n      return seal(",
  ),
  plant(
    'the pause is not read before a start',
    'pipeline/send-start.ts',
    "return pause === null ? null : 'Everything that would be started is paused.';",
    'return pause === null ? null : null;',
  ),
  {
    name: 'the mode is not read',
    changes: [
      change('pipeline/dispatch-waiting.ts', "ports.mode !== 'collect' || entries", 'entries'),
      change('pipeline/look-up.ts', "if (ports.mode === 'observe')", "if (ports.mode === 'none')"),
    ],
  },
  plant('the deadline is ignored', 'pipeline/advance.ts', 'if (now >= collection.deadline)', "if (now === '')"),
  plant(
    'custody numbers come from a counter in memory',
    'pipeline/apply-event.ts',
    'const { lines, head } = chainFacts(before.custody, step.facts, now, ports.sha256);',
    `const memory = ((globalThis.heads ??= new WeakMap()), globalThis.heads);
    if (!memory.has(ports)) memory.set(ports, new Map());
    const { lines, head } = chainFacts(memory.get(ports).get(collectionId) ?? before.custody, step.facts, now, ports.sha256);
    memory.get(ports).set(collectionId, head);`,
  ),
  plant(
    'the seal is made from memory and not from what is stored',
    'pipeline/seal.ts',
    'const { sha256 } = await ports.evidence.putText(collection.id, path, text);',
    'await ports.evidence.putText(collection.id, path, text);\n    const sha256 = ports.sha256(text);',
  ),
  plant(
    'the index row is removed before the end is saved',
    'pipeline/seal.ts',
    "await applyEvent(ports, collection.id, { type: 'sealed'",
    "await ports.collections.close(collection.id);\n  await applyEvent(ports, collection.id, { type: 'sealed'",
  ),
  plant(
    'a lane is not given back',
    'pipeline/run-effects.ts',
    'await ports.lanes.leave(effect.machineId, nameHolder(name));',
    '',
  ),
  plant(
    'the lane of one that is done is not taken over',
    'pipeline/take-lane.ts',
    "if (held !== null && needsLane(held, now) === 'needs it') return lane;",
    'if (held !== null) return lane;',
  ),
  plant(
    "the quotas go by the instance's clock",
    'state/shared-row.ts',
    '  { table, readTime }: SharedRowParts,\n',
    '  { table, now: readTime }: SharedRowParts,\n',
  ),
  plant(
    'an instance sends after it stood still',
    'pipeline/send-start.ts',
    'if (ports.now().getTime() - Date.parse(intent.collection.startingAt) > SEND_WITHIN_MS)',
    'if (name.attempt < 0)',
  ),
  plant(
    'a commit does not ask whether anybody waits for it',
    'evidence/stage-blocks.ts',
    "if ((await mayCommit?.()) === 'stop')",
    'if (ids.length === 0)',
  ),
  plant(
    'whether anybody waits is asked before the last block is staged',
    'evidence/copy-once.ts',
    'const commit = await state.blocks.commit(options, request.mayCommit);',
    "const may = await request.mayCommit?.();\n  const commit = await state.blocks.commit(options, async () => may ?? 'commit');",
  ),
  plant(
    'an instance commits after it stood still',
    'pipeline/copy-result.ts',
    'if (ports.now().getTime() - askedMs <= FRESH_MS)',
    'if (askedMs > 0)',
  ),
  plant(
    'what was stored late is not taken into the package',
    'pipeline/seal.ts',
    'const collection = await takeInLateResults(ports, given);',
    'const collection = given;',
  ),
  plant(
    'an ended collection takes events',
    'domain/transition.ts',
    "if (stageOf(collection.status) === 'ended') return absorb(collection);",
    '',
  ),
  plant(
    'what runs is left at the deadline',
    'domain/deadline.ts',
    "if (graceIsOver) return giveUp(collection, now, 'the machine action did not end');",
    "return giveUp(collection, now, 'the machine action did not end');",
  ),
  plant(
    'a fault of others is quoted',
    'explain-fault.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    'reason: `Something failed that should not (${name}); it is tried again.`,',
    'reason: String(fault),',
  ),
  plant(
    'the length of a download is not compared',
    'evidence/receive-part.ts',
    'if (state.receivedBytes === state.totalBytes) return null;',
    'state.totalBytes = state.receivedBytes;\n  return null;',
  ),
  plant(
    'a lease that a crash left is never given back',
    'pipeline/reconcile-leases.ts',
    'await ports.governor.giveBack(lease);',
    'void lease;',
  ),
  plant(
    'an action is given up when it is not seen once',
    'pipeline/watch-action.ts',
    'if (collection.reason === reason) await',
    'if (collection.id !== reason) await',
  ),
  plant(
    'a collection ends for what put its sealing off',
    'domain/seal-collection.ts',
    '(why ?? countMissing(',
    '(collection.reason ?? countMissing(',
  ),
  plant(
    'an answer to a start is lost with the note of it',
    'pipeline/send-start.ts',
    "ports.log({ event: 'fault', at: 'note answer',",
    "throw fault;\n    ports.log({ event: 'fault', at: 'note answer',",
  ),
  plant(
    'a pretender that has ended keeps the place',
    'pipeline/find-lost-action.ts',
    'waitedMs >= VISIBILITY_MS && unclear',
    'waitedMs < 0 && unclear',
  ),
];

function plant(name: string, file: string, find: string, replace: string): PlantedBug {
  return { name, changes: [change(file, find, replace)] };
}

function change(file: string, find: string, replace: string): Change {
  return { file: `shared/${file}`, find, replace };
}
