import type { TableClient } from '@azure/data-tables';
import { identify } from './connect-storage.ts';
import { restAfterRefusal } from './defender/rest-after-refusal.ts';
import type { DefenderClient } from './defender/client.ts';
import { openTopic } from './events/event-topic.ts';
import type { AnnouncerPort } from './pipeline/ports.ts';
import type { Settings } from './settings.ts';
import { createAnnouncements } from './state/announcements.ts';

/** Who is told of collections: the topic that the settings name, and the alert in Defender if they say so. */
export function openAnnouncer(
  settings: Pick<Settings, 'completionTopicEndpoint' | 'commentOnAlert' | 'apiRoot' | 'ownClientId'>,
  table: TableClient,
  defender: DefenderClient,
  now: () => number,
): AnnouncerPort {
  const { completionTopicEndpoint: endpoint, apiRoot } = settings;
  const source = apiRoot ?? 'urn:evidence-collector';
  let credential: ReturnType<typeof identify> | null = null;
  const askForToken = async (scope: string) => {
    credential ??= identify(settings.ownClientId);
    const issued = await (await credential).getToken(scope);
    if (issued === null) throw new Error('No token was given.');
    return issued.token;
  };
  const topic = endpoint === null ? null : openTopic({ endpoint, source, askForToken, now });
  return {
    ...createAnnouncements(table),
    events: topic === null ? 'not published' : 'published',
    comments: settings.commentOnAlert === 'on' ? 'written' : 'not written',
    collectionUrl: (collectionId) => (apiRoot === null ? null : `${apiRoot}/collections/${collectionId}`),
    publish: async (announcement) => {
      await topic?.publish(announcement);
    },
    ...restAfterRefusal(defender, now),
  };
}
