import type { EndpointName } from '../../shared/defender/permissions.ts';
import type { Figures, Waits } from './figures.ts';

/** The figures side by side, one column an outcome, as lines of text. */
export function printTable(columns: readonly Figures[]): string {
  const endpoints = [...new Set(columns.flatMap(({ calls }) => [...calls.keys()]))].sort();
  const rows: readonly (readonly string[])[] = [
    ['', ...columns.map(({ name }) => name)],
    ['makespan', ...columns.map(({ makespanMs }) => formatMs(makespanMs))],
    ['critical, alert to session: median', ...columns.map(({ critical }) => formatMs(critical.medianMs))],
    ['  95th percentile', ...columns.map(({ critical }) => formatMs(critical.p95Ms))],
    ['others, alert to session: median', ...columns.map(({ others }) => formatMs(others.medianMs))],
    ['  95th percentile', ...columns.map(({ others }) => formatMs(others.p95Ms))],
    ['away, return to session: median', ...columns.map(({ returned }) => formatMs(returned.medianMs))],
    ['  95th percentile', ...columns.map(({ returned }) => formatMs(returned.p95Ms))],
    [
      'alerts served',
      ...columns.map(({ critical, others, returned }) => String(countAlerts(critical, others, returned))),
    ],
    ['  not served', ...columns.map(({ notServed }) => String(notServed))],
    ['  machine never answers', ...columns.map(({ unreachable }) => String(unreachable))],
    ['sessions', ...columns.map(({ sessions }) => String(sessions))],
    ['  tries that pended in vain', ...columns.map(({ triesInVain }) => String(triesInVain))],
    ['places held', ...columns.map(({ held }) => formatShare(held))],
    ['  by a session at work', ...columns.map(({ atWork }) => formatShare(atWork))],
    ['429s', ...columns.map(({ throttled }) => String(throttled))],
    ...endpoints.map((endpoint) => [`calls: ${endpoint}`, ...columns.map((column) => formatCalls(column, endpoint))]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const write = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ');
  return rows.map(write).join('\n');
}

function countAlerts(...waits: readonly Waits[]): number {
  return waits.reduce((sum, { alerts }) => sum + alerts, 0);
}

function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function formatCalls({ calls }: Figures, endpoint: EndpointName): string {
  const call = calls.get(endpoint);
  if (call === undefined) return '-';
  return call.throttled === 0 ? String(call.answered) : `${call.answered} + ${call.throttled} × 429`;
}

/** A duration as hours, minutes and seconds, such as `3 h 05 min` or `1 min 30 s`; `-` for none. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '-';
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  return minutes > 0 ? `${minutes} min ${String(seconds % 60).padStart(2, '0')} s` : `${seconds} s`;
}
