import type { Announcement } from '../../shared/domain/announcement.ts';
import type { AnnouncerPort, Telling } from '../../shared/pipeline/ports.ts';

/** An announcer in memory that takes everything; `published` and `comments` on it show what it took. */
export function rememberAnnouncements(): Omit<AnnouncerPort, 'events' | 'comments'> & {
  readonly published: Announcement[];
  readonly written: { readonly alertId: string; readonly text: string }[];
} {
  const published: Announcement[] = [];
  const written: { readonly alertId: string; readonly text: string }[] = [];
  const rows = new Map<string, { readonly telling: 'begun' | 'told'; readonly at: string; readonly version: string }>();
  let version = 0;
  const put = (name: string, telling: 'begun' | 'told', at: string) => {
    version += 1;
    rows.set(name, { telling, at, version: String(version) });
  };
  return {
    published,
    written,
    collectionUrl: (id) => `https://collector.example.com/api/collections/${id}`,
    publish: async (announcement) => {
      published.push(announcement);
    },
    readComments: async (alertId) => ({
      outcome: 'found',
      comments: written.filter((comment) => comment.alertId === alertId),
    }),
    addComment: async (alertId, text) => {
      written.push({ alertId, text });
      return { outcome: 'added' };
    },
    async read(name): Promise<Telling> {
      const row = rows.get(name);
      if (row === undefined) return { telling: 'not begun' };
      return row.telling === 'told' ? { telling: 'told' } : { telling: 'begun', at: row.at, version: row.version };
    },
    async begin(name, before, at) {
      const row = rows.get(name);
      const isUnchanged = before.telling === 'begun' ? row?.version === before.version : row === undefined;
      if (!isUnchanged) return 'others';
      put(name, 'begun', at);
      return 'ours';
    },
    async noteTold(name, at) {
      put(name, 'told', at);
    },
  };
}
