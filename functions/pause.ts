import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { readOrder } from '../shared/doors/read-order.ts';
import { json, problem } from '../shared/doors/reply.ts';
import { pauseAll } from '../shared/pipeline/pause.ts';

app.http('pause', {
  methods: ['POST'],
  route: 'pause',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request, caller) => {
    const read = readOrder(await readJsonBody(request));
    if (read.outcome === 'wrong') return problem('wrong-order', read.why);
    const { ports } = await openCollector();
    return json(200, await pauseAll(ports, { by: caller.id, ...read.order }));
  }),
});
