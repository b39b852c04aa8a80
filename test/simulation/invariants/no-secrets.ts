import { PLANTED_SECRET } from '../defender/played-content.ts';
import type { Scene, Witness } from './witness.ts';

/** I7: none of what is secret is in a log line, a row, a blob of ours, or an error that a function throws. */
export function watchSecrets(scene: Scene): Witness {
  const look = (where: string, text: string) => {
    if (text.includes(PLANTED_SECRET)) scene.fail('I7', `A secret is in ${where}.`);
  };
  return {
    rows(changes) {
      for (const { partition, row, after } of changes)
        if (after !== null) look(`the row ${partition}/${row}`, String(after['data']));
    },
    blob(container, { name, after }) {
      if (after !== null) look(`the blob ${container}/${name}`, after.content.toString('latin1'));
    },
    log(line) {
      look(`the log line '${line.event}'`, JSON.stringify(line));
    },
    threw(fault) {
      // Faults of the storage's own client go to the platform as they are; what is ours, and what is foreign, must not.
      if (fault instanceof Error && fault.name !== 'RestError') look('an error that was thrown', fault.message);
    },
  };
}
