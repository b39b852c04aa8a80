import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { findCollection } from '../shared/doors/find-collection.ts';
import { answerOperation, problem } from '../shared/doors/reply.ts';

app.http('get-operation', {
  methods: ['GET'],
  route: 'operations/{id}',
  authLevel: settings.authLevel,
  handler: admit('follow', async (request) => {
    const { ports, ledger } = await openCollector();
    const id = request.params['id'] ?? '';
    const ids = /^[0-9a-f]{32}$/.test(id) ? await ledger.readReceipt(id) : null;
    if (ids === null)
      return problem('not-found', 'No receipt has this id. POST /api/alerts answers with the Location of its receipt.');
    const found = await Promise.all(ids.map((collectionId) => findCollection(ports.collections.load, collectionId)));
    return answerOperation(
      request.url,
      id,
      found.filter((collection) => collection !== null),
    );
  }),
});
