import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { answerQuota } from '../shared/doors/quota-answer.ts';
import { json } from '../shared/doors/reply.ts';

app.http('get-quota', {
  methods: ['GET'],
  route: 'quota',
  authLevel: settings.authLevel,
  handler: admit('read', async () => {
    const { readQuotas } = await openCollector();
    return json(200, answerQuota(await readQuotas()));
  }),
});
