import { createHash } from 'node:crypto';
import { checkCustody } from '../../shared/domain/custody.ts';
import type { Finding } from './finding.ts';
import type { Acknowledged } from './post-alerts.ts';
import type { StoredCollection } from './read-collections.ts';

/** I1: each alert that was acknowledged has its collection, and of each alert one was collected; all others were merged into it. */
export function checkAlerts(
  acknowledged: readonly Acknowledged[],
  collections: readonly StoredCollection[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const byAlert = new Map<string, Set<string>>();
  for (const { posting, collectionId } of acknowledged) {
    const { alertId } = posting.target;
    byAlert.set(alertId, (byAlert.get(alertId) ?? new Set()).add(collectionId));
  }
  for (const [alertId, ids] of byAlert) {
    const own = collections.filter((collection) => collection.alertId === alertId);
    const lost = [...ids].filter((id) => !own.some((collection) => collection.id === id));
    for (const id of lost) findings.push({ what: 'It was acknowledged and is not stored.', where: `collection ${id}` });
    const collected = own.filter(({ status }) => status === 'collected');
    if (collected.length !== 1)
      findings.push({ what: `It has ${collected.length} packages instead of one.`, where: `alert ${alertId}` });
    findings.push(...own.flatMap((collection) => checkEnd(collection, collected[0]?.id ?? null)));
  }
  const known = new Set(byAlert.keys());
  const strange = collections.filter(({ alertId }) => !known.has(alertId));
  return [...findings, ...strange.map(({ id }) => ({ what: 'Nobody posted its alert.', where: `collection ${id}` }))];
}

function checkEnd(collection: StoredCollection, collected: string | null): readonly Finding[] {
  const { id, status, reason, mergedInto } = collection;
  const where = `collection ${id}`;
  if (status === 'collected') return [];
  if (status === 'merged')
    return mergedInto === collected ? [] : [{ what: `It was merged into ${mergedInto}, not ${collected}.`, where }];
  return [{ what: `It is ${status}: ${reason ?? 'no reason is given'}`, where }];
}

/** I6: the custody log has no gap and agrees with its head, and what came after the seal lies in storage as it is in the log. */
export function checkCustodyLogs(
  collections: readonly StoredCollection[],
  custodyLines: ReadonlyMap<string, string>,
): readonly Finding[] {
  return collections.flatMap((collection): readonly Finding[] => {
    const { id, lines, custody, sealed } = collection;
    const where = `custody log of ${id}`;
    const chain = checkCustody(lines, (text) => createHash('sha256').update(text).digest('hex'));
    if (chain.verdict === 'broken') return [{ what: `It is broken at entry ${chain.number}: ${chain.why}`, where }];
    const { count, head } = chain.head;
    if (count !== custody.count || head !== custody.head)
      return [{ what: `Its head is entry ${count}, but the collection knows of ${custody.count}.`, where }];
    if (sealed === null) return [];
    return lines.flatMap((line, index) => {
      const number = index + 1;
      if (number <= sealed.custodyNumber || custodyLines.get(`${id}/${number}.json`) === line) return [];
      return [{ what: `Entry ${number}, which came after the seal, is not in storage as it is in the log.`, where }];
    });
  });
}
