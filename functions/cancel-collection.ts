import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { answerCollection } from '../shared/doors/collection-answer.ts';
import { noSuchCollection, readCollectionId } from '../shared/doors/find-collection.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { readOrder } from '../shared/doors/read-order.ts';
import { collectionUrl, json, problem } from '../shared/doors/reply.ts';
import { cancelCollection } from '../shared/pipeline/cancel-collection.ts';

app.http('cancel-collection', {
  methods: ['POST'],
  route: 'collections/{id}/cancel',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request, caller) => {
    const id = readCollectionId(request.params['id']);
    if (id === null) return noSuchCollection();
    const read = readOrder(await readJsonBody(request));
    if (read.outcome === 'wrong') return problem('wrong-order', read.why);
    const { ports } = await openCollector();
    const done = await cancelCollection(ports, id, { by: caller.id, reason: read.order.reason });
    if (done.outcome === 'no such collection') return noSuchCollection();
    const answer = answerCollection(done.collection, collectionUrl(request.url, id));
    if (done.outcome === 'called off') return json(202, answer);
    return problem('too-late', `The collection is ${answer.status}; there is nothing left to cancel.`);
  }),
});
