import type { SealStatement } from '../../shared/domain/signature.ts';
import type { SigningPort } from '../../shared/pipeline/ports.ts';
import type { Life, Wire } from './wire.ts';

/** A vault that an instance calls over the wire; as with ES256 each signature over the same statement is another one. */
export function signOverWire({ wire, life }: { readonly wire: Wire; readonly life: Life }): SigningPort {
  let signatures = 0;
  return {
    practice: 'signed',
    sign: (statement) =>
      wire.pass(life, {
        service: 'vault',
        name: 'sign',
        detail: statement.collection.slice(0, 6),
        longestMs: 200,
        strikes: ['crash before', 'lost answer', 'refused', 'freeze'],
        effect: () => {
          signatures += 1;
          return `${playSignature(statement)} ${life.instance}-${life.number}-${signatures}`;
        },
        ifLost: throwAway,
        ifRefused: throwAway,
      }),
  };
}

/** What every played signature over a statement begins with. */
export function playSignature(statement: SealStatement): string {
  return `signed ${statement.collection} ${statement.tagmanifestSha256} ${statement.custodyHead}`;
}

function throwAway(): never {
  throw new Error('The vault does not answer.');
}
