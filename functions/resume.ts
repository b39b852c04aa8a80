import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { json } from '../shared/doors/reply.ts';
import { resumeAll } from '../shared/pipeline/pause.ts';

app.http('resume', {
  methods: ['POST'],
  route: 'resume',
  authLevel: settings.authLevel,
  handler: admit('operate', async () => {
    const { ports } = await openCollector();
    await resumeAll(ports);
    return json(200, { pause: null });
  }),
});
