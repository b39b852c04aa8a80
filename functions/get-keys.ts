import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { json } from '../shared/doors/reply.ts';

app.http('get-keys', {
  methods: ['GET'],
  route: 'keys',
  authLevel: settings.authLevel,
  handler: admit('follow', async () => {
    const { listSigningKeys } = await openCollector();
    // RFC 7517, 8.5.2: the media type of a JWK set.
    return json(200, { keys: await listSigningKeys() }, { 'content-type': 'application/jwk-set+json' });
  }),
});
