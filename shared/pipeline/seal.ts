import type { CollectionIn } from '../domain/collection.ts';
import { placeResult } from '../domain/evidence-path.ts';
import { announceImmutability } from '../domain/immutability.ts';
import { writeBagInfo, writeBagit, writeManifest } from '../domain/manifest.ts';
import { describePackage } from '../domain/package-record.ts';
import { packageRecordSchema } from '../domain/package-record-schema.ts';
import { renderReport } from '../domain/report.ts';
import { announceSignature } from '../domain/signature.ts';
import { applyEvent } from './apply-event.ts';
import { readReport } from './copy-result.ts';
import type { Ports } from './ports.ts';
import { readWords } from './read-words.ts';
import { signPackage } from './sign-package.ts';

/**
 * Seals a package: payload manifest, then the custody entry that holds its hash, then everything that describes it, then
 * the tag manifest of what is really stored, then the signature over that. Every file is create-only and the time is the collection's own, so it can be
 * repeated from any point: what is stored wins.
 */
export async function seal(ports: Ports, given: CollectionIn<'sealing'>): Promise<void> {
  const collection = await takeInLateResults(ports, given);
  const payload = listPayload(collection);
  const manifest = await ports.evidence.putText(collection.id, 'manifest-sha256.txt', writeManifest(payload));
  const marked = await applyEvent(ports, collection.id, { type: 'manifest written', sha256: manifest.sha256 });
  if (
    marked.applied === 'no such collection' ||
    marked.collection.status !== 'sealing' ||
    marked.collection.manifest === null
  )
    return;
  const sealing = marked.collection;
  const custodyNumber = marked.collection.manifest.custodyNumber;
  const custody = (await ports.collections.readCustody(collection.id)).slice(0, custodyNumber);

  const { words, transcripts } = await readWords(ports, sealing);
  const described = describePackage(sealing, custody, ports.version, ports.sha256, words);
  const stored = await ports.evidence.putText(
    collection.id,
    'collection.json',
    `${JSON.stringify(described, null, 2)}\n`,
  );
  // The report tells what the record that is stored says, whichever try stored it.
  const record = packageRecordSchema.parse(JSON.parse(stored.text));
  const kept = await ports.evidence.readImmutability(collection.id, 'manifest-sha256.txt');
  const payloadBytes = payload.reduce((sum, file) => sum + file.bytes, 0);
  const tags: readonly (readonly [string, string])[] = [
    ['bagit.txt', writeBagit()],
    [
      'bag-info.txt',
      writeBagInfo({
        baggingDate: sealing.sealedAt.slice(0, 10),
        payload: { bytes: payloadBytes, files: payload.length },
        externalIdentifier: collection.id,
        more: [
          {
            label: 'External-Description',
            value: `Evidence of alert ${collection.alertId} on machine ${collection.machineId}`,
          },
          { label: 'Bag-Software-Agent', value: `Evidence Collector for Microsoft Defender ${ports.version}` },
          announceSignature(ports.signing.practice),
          announceImmutability(kept),
        ],
      }),
    ],
    ['custody.jsonl', `${custody.join('\n')}\n`],
    ['report.html', renderReport(record, transcripts)],
  ];
  const sealed = [
    { path: 'manifest-sha256.txt', sha256: manifest.sha256 },
    { path: 'collection.json', sha256: stored.sha256 },
  ];
  for (const [path, text] of tags) {
    const { sha256 } = await ports.evidence.putText(collection.id, path, text);
    sealed.push({ path, sha256 });
  }
  const tagmanifest = await ports.evidence.putText(collection.id, 'tagmanifest-sha256.txt', writeManifest(sealed));
  await signPackage(ports, {
    collection: collection.id,
    tagmanifestSha256: tagmanifest.sha256,
    custodyHead: record.custody.head,
  });
  await applyEvent(ports, collection.id, { type: 'sealed', tagmanifestSha256: tagmanifest.sha256 });
}

/** Results that were given up but lie in storage all the same, such as after a crash between the commit and its row. */
async function takeInLateResults(ports: Ports, collection: CollectionIn<'sealing'>): Promise<CollectionIn<'sealing'>> {
  if (collection.manifest !== null) return collection;
  let current = collection;
  for (const result of collection.results) {
    if (result.status !== 'missing') continue;
    const { session, index, command } = result;
    const path = placeResult(result, command);
    const askForLink = async () => ({ outcome: 'no result' as const, reason: 'It is not asked for any more.' });
    const found = await ports.evidence.copyResult(collection.id, path, { askForLink });
    if (found.outcome !== 'stored') continue;
    const report = command === 'RunScript' ? readReport(found.head) : null;
    const applied = await applyEvent(ports, collection.id, {
      type: 'result stored',
      session,
      index,
      item: { ...found.item, report },
    });
    if (applied.applied !== 'no such collection' && applied.collection.status === 'sealing')
      current = applied.collection;
  }
  return current;
}

function listPayload(collection: CollectionIn<'sealing'>) {
  const items = collection.results.flatMap((result) => (result.status === 'stored' ? [result.item] : []));
  return [...collection.documents, ...items].map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
}
