import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { settings } from '../shared/collector.ts';
import { writeOpenapi } from '../shared/doors/openapi.ts';
import { json } from '../shared/doors/reply.ts';
import { VERSION } from '../shared/version.ts';

app.http('get-openapi', {
  methods: ['GET'],
  route: 'openapi.json',
  authLevel: settings.authLevel,
  handler: admit('follow', async () => json(200, writeOpenapi(VERSION))),
});
