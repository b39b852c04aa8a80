import { readFile } from 'node:fs/promises';

/** The kernel's clock of processor times, in Hz: 100 on every Linux that Node runs on (proc(5), sysconf _SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

/** The processor time that a process has used, in ms; NaN where there is no /proc. */
export async function readProcessorMs(processId: number): Promise<number> {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  // After the name, which may hold anything: state is the first field, user and system time the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}
