import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { readLibraryOrder } from '../shared/doors/read-library-order.ts';
import { json, problem } from '../shared/doors/reply.ts';
import { syncLibrary } from '../shared/pipeline/sync-library.ts';

app.http('sync-library', {
  methods: ['POST'],
  route: 'library/sync',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request) => {
    const order = readLibraryOrder(await readJsonBody(request));
    if (order.outcome === 'wrong') return problem('wrong-order', order.why);
    const { ports } = await openCollector();
    const synced = await syncLibrary(ports, order);
    return synced.outcome === 'wrong order' ? problem('wrong-order', synced.why) : json(200, synced);
  }),
});
