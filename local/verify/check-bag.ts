import { writeBagit } from '../../shared/domain/manifest.ts';
import type { Fault } from './fault.ts';

/** Checks bagit.txt, which is the same in every package, and the number and bytes of payload files in bag-info.txt (RFC 8493, Payload-Oxum). */
export function checkBag(
  bagit: string | undefined,
  bagInfo: string | undefined,
  payload: ReadonlyMap<string, { readonly bytes: number }>,
): readonly Fault[] {
  const faults: Fault[] = [];
  if (bagit !== undefined && bagit !== writeBagit())
    faults.push({ path: 'bagit.txt', what: 'It is not the bagit.txt of our packages.' });
  if (bagInfo === undefined) return faults;
  const bytes = [...payload.values()].reduce((sum, file) => sum + file.bytes, 0);
  const found = `${bytes}.${payload.size}`;
  const said = /^Payload-Oxum:[ \t]*(\S+)[ \t\r]*$/m.exec(bagInfo)?.[1] ?? 'missing';
  if (said !== found)
    faults.push({
      path: 'bag-info.txt',
      what: `Its Payload-Oxum is ${said}, but the payload is ${found} (bytes.files).`,
    });
  return faults;
}
