import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { answerFiles } from '../shared/doors/evidence-answer.ts';
import { findCollection, noSuchCollection } from '../shared/doors/find-collection.ts';
import { json } from '../shared/doors/reply.ts';

app.http('list-evidence', {
  methods: ['GET'],
  route: 'collections/{id}/evidence',
  authLevel: settings.authLevel,
  handler: admit('read', async (request) => {
    const { ports } = await openCollector();
    const collection = await findCollection(ports.collections.load, request.params['id']);
    if (collection === null) return noSuchCollection();
    const files = answerFiles(collection, await ports.evidence.listFiles(collection.id));
    return json(200, { id: collection.id, status: collection.status, container: 'evidence', files });
  }),
});
