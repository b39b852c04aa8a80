import type { Collector } from '../../shared/compose.ts';
import { spellHidden } from '../../shared/domain/escape-html.ts';
import type { Machine } from '../../shared/domain/machine.ts';
import { type Tally, tallyPlans } from './tally-plans.ts';

/** What the tenant's alerts of the last hours would have come to, for programs and in lines for a person. */
export async function tallySince(
  { ports, settings, listAlerts }: Collector,
  hours: number,
): Promise<{ readonly value: Tally; readonly lines: readonly string[] }> {
  const now = ports.now();
  const since = new Date(now.getTime() - hours * 3_600_000).toISOString();
  const listed = (await listAlerts({ updatedFrom: since })).map(({ alert }) => alert);
  const alerts = listed.filter(({ createdAt }) => createdAt === null || createdAt >= since);
  const machines = new Map<string, Machine>();
  for (const machineId of new Set(alerts.flatMap((alert) => alert.machineId?.toLowerCase() ?? []))) {
    const found = await ports.defender.getMachine(machineId);
    if (found.outcome === 'found') machines.set(machineId, found.machine);
  }
  const scripts = [...(await ports.content.scripts())].map(([name, { sha256 }]) => [name, sha256] as const);
  const value = tallyPlans({
    ...{ alerts, machines, mergeMinutes: settings.mergeMinutes, now: now.toISOString() },
    profiles: await ports.content.profiles(),
    denyList: await ports.content.denyList(),
    scripts: new Map(scripts),
  });
  return { value, lines: describeTally(value, hours) };
}

function describeTally({ alerts, profiles, skipped }: Tally, hours: number): readonly string[] {
  return [
    `${alerts} alerts of the last ${hours} hours, by the profiles as they are today:`,
    ...profiles.flatMap((tally) => [
      `${tally.profile}: ${tally.collections} collections on ${tally.machines} machines for ${tally.alerts} alerts (${tally.merged} merged, ${tally.leftAlone} left alone by the cool-down)`,
      `  ${tally.liveResponses} live responses, at most ${tally.archiveBytesAtMost} bytes of archives, ${tally.filesNotRequested} files not requested`,
    ]),
    ...skipped.map(({ reason, alerts: count }) => `skipped ${count}: ${spellHidden(reason)}`),
    'Without conditions on signer, publisher and size: the list of alerts has none of them.',
  ];
}
