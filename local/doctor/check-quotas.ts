import type { Settings } from '../../shared/settings.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** What Defender documents for a tenant; of sessions the lowest number that any of its pages has named. */
const DOCUMENTED = [
  { name: 'LIVE_RESPONSE_CALLS_PER_MINUTE', read: (set: Settings) => set.startsPerMinute, most: 10 },
  { name: 'LIVE_RESPONSE_SESSIONS', read: (set: Settings) => set.sessions, most: 25 },
  { name: 'API_CALLS_PER_MINUTE', read: (set: Settings) => set.callsPerMinute, most: 100 },
  { name: 'API_CALLS_PER_HOUR', read: (set: Settings) => set.callsPerHour, most: 1_500 },
] as const;

/** Compares the quotas of the settings with those that Defender documents. */
export function checkQuotas(settings: Settings): Finding {
  const high = DOCUMENTED.filter(({ read, most }) => read(settings) > most);
  const told = DOCUMENTED.map(({ name, read }) => `${name} ${read(settings)}`).join(', ');
  if (high.length === 0) return ok('quotas', `${told}.`);
  const limits = high.map(({ name, read, most }) => `${name} is ${read(settings)} and Defender allows ${most}`);
  return wrong(
    'quotas',
    `${limits.join('; ')}.`,
    `Set ${high.map(({ name, most }) => `${name} to ${most}`).join(', ')} or less: above it Defender answers 429, to people as well.`,
  );
}
