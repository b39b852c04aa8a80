import { createHash } from 'node:crypto';
import { NO_CUSTODY } from '../../../shared/domain/custody.ts';
import { readManifest } from '../../../shared/domain/manifest.ts';
import { type SealStatement, SIGNATURE_PATH } from '../../../shared/domain/signature.ts';
import { checkBag } from '../../../local/verify/check-bag.ts';
import { checkCustodyLog } from '../../../local/verify/check-custody-log.ts';
import { checkManifest } from '../../../local/verify/check-manifest.ts';
import { checkRecord, readRecord } from '../../../local/verify/check-record.ts';
import type { Fault } from '../../../local/verify/fault.ts';
import { hashBytes } from '../../memory/memory-blobs.ts';
import { playSignature } from '../sign-on-the-wire.ts';
import type { Scene, Witness } from './witness.ts';

/** In no manifest, as they are made after it. */
const UNNAMED = ['tagmanifest-sha256.txt', SIGNATURE_PATH];

/** I6 and I9: custody entries are numbered without a gap and chained, whatever the clocks say; a sealed package names exactly what is stored, then and at the end. */
export function watchPackages(scene: Scene): Witness {
  const touched = new Set<string>();
  return {
    blob(container, { name }) {
      if (container === 'evidence') touched.add(name.slice(0, name.indexOf('/')));
    },
    saved({ before, after, lines }) {
      let { count, head } = before?.custody ?? NO_CUSTODY;
      for (const { number, line } of lines) {
        count += 1;
        if (number !== count) scene.fail('I9', `Custody entry ${number} of ${after.id} follows on ${count - 1}.`);
        const entry = JSON.parse(line) as { number: number; previous: string };
        if (entry.number !== count)
          scene.fail('I9', `Custody entry ${count} of ${after.id} says it is ${entry.number}.`);
        if (entry.previous !== head)
          scene.fail('I6', `Custody entry ${count} of ${after.id} does not follow on the one before.`);
        head = hashText(line);
      }
      if (head !== after.custody.head || count !== after.custody.count)
        scene.fail('I6', `Collection ${after.id} does not know the end of its custody log.`);
      if ('sealed' in after && after.sealed !== null && touched.delete(after.id)) checkPackage(scene, after.id);
    },
    end() {
      for (const { id, ...rest } of scene.book.collections.values()) {
        if (!('sealed' in rest) || rest.sealed === null) continue;
        if (touched.delete(id)) checkPackage(scene, id);
        for (const [index, line] of (scene.book.lines.get(id) ?? []).entries()) {
          const stored = scene.custody.get(`${id}/${index + 1}.json`)?.content.toString('utf8') ?? null;
          if (index + 1 > rest.sealed.custodyNumber && stored !== line)
            scene.fail('I6', `Custody entry ${index + 1} of ${id}, which came after the seal, is no blob of its own.`);
        }
      }
    },
  };
}

function checkPackage(scene: Scene, id: string): void {
  for (const { path, what } of findFaults(scene, id))
    scene.fail('I6', `The package ${id} does not verify: ${path}: ${what}`);
}

/** What is wrong with a package by the same checks that a stranger runs on its folder. */
function findFaults(scene: Scene, id: string): readonly Fault[] {
  const blobs = scene.evidence
    .list(`${id}/`)
    .map(([name, { content }]) => ({ path: name.slice(id.length + 1), content }));
  const hashed = blobs.map(({ path, content }): [string, ReturnType<typeof hashAll>] => [path, hashAll(content)]);
  const payload = new Map(hashed.filter(([path]) => path.startsWith('data/')));
  const tags = new Map(hashed.filter(([path]) => !path.startsWith('data/') && !UNNAMED.includes(path)));
  const text = (path: string) => blobs.find((blob) => blob.path === path)?.content.toString('utf8');
  const custody = checkCustodyLog(
    text('custody.jsonl') ?? '',
    tags.get('manifest-sha256.txt')?.sha256 ?? null,
    hashText,
  );
  const reading = readRecord(text('collection.json') ?? '');
  return [
    ...checkNames(text('manifest-sha256.txt'), 'manifest-sha256.txt', payload),
    ...checkNames(text('tagmanifest-sha256.txt'), 'tagmanifest-sha256.txt', tags),
    ...checkSigned(text(SIGNATURE_PATH), {
      collection: id,
      tagmanifestSha256: hashText(text('tagmanifest-sha256.txt') ?? ''),
      custodyHead: custody.head ?? '',
    }),
    ...checkBag(text('bagit.txt'), text('bag-info.txt'), payload),
    ...custody.faults,
    ...(reading.reading === 'record' ? checkRecord(reading.record, payload, custody) : reading.faults),
  ];
}

function checkNames(
  text: string | undefined,
  manifest: string,
  files: ReadonlyMap<string, { readonly sha256: string }>,
): readonly Fault[] {
  const reading = readManifest(text ?? 'missing');
  if (reading.outcome === 'fault') return [{ path: manifest, what: reading.fault }];
  return checkManifest(reading.entries, text ?? '', { manifest, files, mayName: () => true });
}

/** A played signature says what it was made over, and is to say what the stored files come to. */
function checkSigned(signature: string | undefined, statement: SealStatement): readonly Fault[] {
  if (signature?.startsWith(`${playSignature(statement)} `)) return [];
  return [{ path: SIGNATURE_PATH, what: signature === undefined ? 'It is missing.' : 'It is over other files.' }];
}

function hashAll(content: Buffer) {
  const hash = (name: string) => createHash(name).update(content).digest('hex');
  return { bytes: content.length, sha256: hashBytes(content), sha1: hash('sha1'), md5: hash('md5') };
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
