import { type Dispatcher, fetch } from 'undici';
import type { Announcement } from '../domain/announcement.ts';
import { EventError } from './event-error.ts';

/** A topic that events are published to, and as whom; `askForToken` is not asked where the topic is on this machine. */
export interface TopicParts {
  readonly endpoint: string;
  /** What the events are said to come from, such as `https://collector.azurewebsites.net/api`. */
  readonly source: string;
  readonly askForToken: (scope: string) => Promise<string>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly dispatcher?: Dispatcher;
}

/** Publishes announcements as CloudEvents 1.0. */
export interface EventTopic {
  /** Resolves when the topic has taken it; throws EventError when it has not, or may not have. */
  publish(announcement: Announcement): Promise<void>;
}

const CALL_MS = 10_000;
/** After a fault nothing is sent for so long: everybody who waits would meet the same one. */
const REST_MS = 30_000;
/** The version of the data plane (Event Grid: publish events, custom topics). */
const API_VERSION = '2018-01-01';

/** Opens an Event Grid topic whose schema is CloudEvents 1.0 (Event Grid: use CloudEvents v1.0 schema). */
export function openTopic(parts: TopicParts): EventTopic {
  let restsUntil = Number.NEGATIVE_INFINITY;
  return {
    async publish(announcement) {
      if (parts.now() < restsUntil)
        throw new EventError(
          'topic-unreachable',
          'The topic did not take an event a moment ago; it is tried again soon.',
        );
      try {
        await send(parts, announcement);
      } catch (fault) {
        restsUntil = parts.now() + REST_MS;
        throw fault;
      }
    },
  };
}

async function send(parts: TopicParts, announcement: Announcement): Promise<void> {
  const url = new URL(parts.endpoint);
  url.searchParams.set('api-version', API_VERSION);
  const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', ...(await authorize(parts, url)) };
  const { status } = await post(url, headers, JSON.stringify(writeEvent(announcement, parts.source)), parts.dispatcher);
  if (status >= 200 && status < 300) return;
  const advice =
    status === 401 || status === 403
      ? "Give the app's identity the role EventGrid Data Sender on the topic."
      : 'Check COMPLETION_TOPIC_ENDPOINT, and that the schema of the topic is CloudEvents 1.0.';
  throw new EventError('topic-refused', `The topic answered ${status} to an event. ${advice}`);
}

async function post(url: URL, headers: Record<string, string>, body: string, dispatcher: Dispatcher | undefined) {
  try {
    const signal = AbortSignal.timeout(CALL_MS);
    const more = dispatcher === undefined ? {} : { dispatcher };
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal, ...more });
    await answer.body?.cancel();
    return { status: answer.status };
  } catch {
    const advice = 'Check COMPLETION_TOPIC_ENDPOINT and the network; it is tried again.';
    throw new EventError('topic-unreachable', `The topic did not answer. ${advice}`);
  }
}

async function authorize({ askForToken }: TopicParts, url: URL): Promise<Record<string, string>> {
  if (url.protocol === 'http:') return {};
  const scope = url.hostname.endsWith('.us')
    ? 'https://eventgrid.azure.us/.default'
    : 'https://eventgrid.azure.net/.default';
  try {
    return { authorization: `Bearer ${await askForToken(scope)}` };
  } catch {
    throw new EventError('topic-token', "No token for the topic could be had; check the app's managed identity.");
  }
}

function writeEvent({ id, type, collectionId, at, data }: Announcement, source: string) {
  const subject = `collections/${collectionId}`;
  return { specversion: '1.0', id, source, type, subject, time: at, datacontenttype: 'application/json', data };
}
