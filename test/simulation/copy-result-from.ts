import './small-blocks.ts';
import type { ContainerClient } from '@azure/storage-blob';
import { Dispatcher } from 'undici';
import { copyFromLink } from '../../shared/evidence/copy-from-link.ts';
import type { EvidencePort } from '../../shared/pipeline/ports.ts';
import type { Chance } from './chance.ts';
import type { PlayedDefender } from './defender/play-defender.ts';
import type { Life, Wire } from './wire.ts';

interface Copier {
  readonly wire: Wire;
  readonly life: Life;
  readonly chance: Chance;
  readonly now: () => Date;
  /** Of the downloads that share is cut or lies. */
  readonly badDownloads: () => number;
}

const LIMITS = { maxBytes: 4 * 1024 ** 3, maxInsideBytes: 16 * 1024 ** 3, maxInsideRatio: 200 };

/** The real copy, from links that lead to the played Defender; downloads may be cut, lie, or come too late. */
export function copyResultFrom(
  copier: Copier,
  container: ContainerClient,
  defender: PlayedDefender,
): EvidencePort['copyResult'] {
  const { wire, life, now } = copier;
  let copies = 0;
  return async (collectionId, path, { askForLink, mayCommit, onProgress }) => {
    copies += 1;
    // Blocks of two copies never mix, not even those of two lives.
    const blocks = `${life.instance}-${life.number}-${copies}`.padEnd(20, '-');
    const copied = await copyFromLink({
      container,
      path: `${collectionId}/${path}`,
      askForLink,
      ...(mayCommit === undefined ? {} : { mayCommit }),
      ...(onProgress === undefined ? {} : { onProgress }),
      allowedHosts: ['.blob.core.windows.net'],
      dispatcher: new PlayedSource(copier, defender),
      limits: LIMITS,
      random: () => blocks,
      now,
      wait: (ms) => wire.wait(life, ms),
    });
    if (copied.outcome === 'no result' || copied.outcome === 'refused')
      return { outcome: copied.outcome, reason: copied.reason };
    return { outcome: 'stored', item: { ...copied.item, path }, head: copied.head };
  };
}

interface PlayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly end: 'whole' | 'cut';
}

/** A source of results without a network: undici's own request talks to it. */
class PlayedSource extends Dispatcher {
  readonly #copier: Copier;
  readonly #defender: PlayedDefender;

  constructor(copier: Copier, defender: PlayedDefender) {
    super();
    this.#copier = copier;
    this.#defender = defender;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { wire, life } = this.#copier;
    const controller = makeController();
    handler.onRequestStart?.(controller, {});
    const url = new URL(options.path, String(options.origin));
    const given = options.headers as Readonly<Record<string, string>>;
    void wire
      .pass<PlayedAnswer>(life, {
        service: 'results',
        name: 'download result',
        longestMs: 400,
        turns: 3,
        strikes: ['crash before', 'refused', 'freeze'],
        effect: () => this.#answer(url, given['range'] ?? null),
        ifLost: refuse,
        ifRefused: refuse,
      })
      .then((answer) => {
        handler.onResponseStart?.(controller, answer.status, answer.headers, '');
        handler.onResponseData?.(controller, answer.body);
        if (answer.end === 'whole') handler.onResponseEnd?.(controller, {});
        else handler.onResponseError?.(controller, Object.assign(new Error('cut'), { code: 'UND_ERR_SOCKET' }));
      });
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override destroy(): Promise<void> {
    return Promise.resolve();
  }

  #answer(url: URL, range: string | null): PlayedAnswer {
    const whole = this.#defender.follow(url);
    if (whole === null) return { status: 403, headers: { 'content-length': '0' }, body: Buffer.alloc(0), end: 'whole' };
    const { chance, badDownloads } = this.#copier;
    const from = range === null ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
    const rest = whole.subarray(from);
    const headers = {
      'content-length': String(rest.length),
      etag: '"1"',
      ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` }),
    };
    const status = from === 0 ? 200 : 206;
    if (!chance.happens(badDownloads())) return { status, headers, body: rest, end: 'whole' };
    switch (chance.between(0, 4)) {
      case 0:
        return { status, headers, body: rest.subarray(0, rest.length >> 1), end: 'cut' };
      case 1:
        return { status, headers, body: rest.subarray(0, rest.length >> 1), end: 'whole' };
      case 2:
        return { status, headers, body: Buffer.concat([rest, Buffer.from('more')]), end: 'whole' };
      case 3:
        return { status: 200, headers: { ...headers, etag: '"2"' }, body: whole, end: 'whole' };
      default:
        return refuse();
    }
  }
}

function refuse(): PlayedAnswer {
  return { status: 503, headers: { 'retry-after': '2', 'content-length': '0' }, body: Buffer.alloc(0), end: 'whole' };
}

function makeController(): Dispatcher.DispatchController {
  return {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: [],
    rawTrailers: [],
    abort: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
}
