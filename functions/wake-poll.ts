import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { json } from '../shared/doors/reply.ts';
import { pollMachineActions } from '../shared/pipeline/poll-machine-actions.ts';

app.http('wake-poll', {
  methods: ['POST'],
  route: 'poll',
  authLevel: settings.authLevel,
  handler: admit('operate', async () => {
    const { ports } = await openCollector();
    return json(200, await pollMachineActions(ports));
  }),
});
