import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { readMachineId } from '../shared/doors/read-machine-id.ts';
import { readOrder } from '../shared/doors/read-order.ts';
import { json, problem } from '../shared/doors/reply.ts';
import { yieldMachine } from '../shared/pipeline/yield-machine.ts';

app.http('yield-machine', {
  methods: ['POST'],
  route: 'machines/{id}/yield',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request, caller) => {
    const machineId = readMachineId(request.params['id']);
    if (machineId === null)
      return problem('not-found', 'That is no id of a machine: give the 40 hex digits that Defender names it by.');
    const read = readOrder(await readJsonBody(request));
    if (read.outcome === 'wrong') return problem('wrong-order', read.why);
    const { ports } = await openCollector();
    return json(200, { machineId, ...(await yieldMachine(ports, machineId, { by: caller.id, ...read.order })) });
  }),
});
