import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { noSuchCollection, readCollectionId } from '../shared/doors/find-collection.ts';
import { accepted, problem } from '../shared/doors/reply.ts';
import { writeReceipt } from '../shared/pipeline/receive-alerts.ts';
import { retryCollection } from '../shared/pipeline/retry-collection.ts';

app.http('retry-collection', {
  methods: ['POST'],
  route: 'collections/{id}/retry',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request, caller) => {
    const id = readCollectionId(request.params['id']);
    if (id === null) return noSuchCollection();
    const { ports, ledger } = await openCollector();
    const retried = await retryCollection(ports, id, 'http', caller);
    if (retried.outcome === 'no such collection') return noSuchCollection();
    if (retried.outcome === 'refused') return problem('nothing-to-retry', retried.why);
    return accepted(request.url, await writeReceipt(ports, ledger, [retried.collection]), []);
  }),
});
