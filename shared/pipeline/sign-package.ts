import { readAnnouncement, type SealStatement, SIGNATURE_PATH } from '../domain/signature.ts';
import type { Ports } from './ports.ts';

/**
 * Signs a package whose every other file is stored, if its stored bag-info.txt says that it is signed. Each signature over
 * the same statement is another one, so the first that is stored stands, and then the key is not asked for.
 */
export async function signPackage(
  { evidence, signing }: Pick<Ports, 'evidence' | 'signing'>,
  statement: SealStatement,
): Promise<void> {
  const bagInfo = (await evidence.readText(statement.collection, 'bag-info.txt')) ?? '';
  if (readAnnouncement(bagInfo) !== 'signed') return;
  if ((await evidence.readText(statement.collection, SIGNATURE_PATH)) !== null) return;
  await evidence.putText(statement.collection, SIGNATURE_PATH, await signing.sign(statement));
}
