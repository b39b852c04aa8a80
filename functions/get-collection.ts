import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { collectionUrl, json } from '../shared/doors/reply.ts';
import { answerCollection } from '../shared/doors/collection-answer.ts';
import { findCollection, noSuchCollection } from '../shared/doors/find-collection.ts';

app.http('get-collection', {
  methods: ['GET'],
  route: 'collections/{id}',
  authLevel: settings.authLevel,
  handler: admit('read', async (request) => {
    const { ports } = await openCollector();
    const collection = await findCollection(ports.collections.load, request.params['id']);
    if (collection === null) return noSuchCollection();
    return json(200, answerCollection(collection, collectionUrl(request.url, collection.id)));
  }),
});
