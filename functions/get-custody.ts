import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { findCollection, noSuchCollection } from '../shared/doors/find-collection.ts';
import { json } from '../shared/doors/reply.ts';

app.http('get-custody', {
  methods: ['GET'],
  route: 'collections/{id}/custody',
  authLevel: settings.authLevel,
  handler: admit('read', async (request) => {
    const { ports } = await openCollector();
    const collection = await findCollection(ports.collections.load, request.params['id']);
    if (collection === null) return noSuchCollection();
    const lines = await ports.collections.readCustody(collection.id);
    const entries = lines.map((line): unknown => JSON.parse(line));
    return json(200, { id: collection.id, head: collection.custody.head, entries });
  }),
});
