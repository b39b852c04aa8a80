import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { readCollectionRequest } from '../shared/doors/read-collection-request.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { accepted, problem } from '../shared/doors/reply.ts';
import { createCollection } from '../shared/pipeline/create-collection.ts';

app.http('create-collection', {
  methods: ['POST'],
  route: 'collections',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request, caller) => {
    if (settings.mode === 'off')
      return problem('switched-off', 'MODE is off. Ask again once it is observe or collect.');
    const body = await readJsonBody(request);
    if (body.outcome === 'problem') return problem(body.code, body.detail);
    const read = readCollectionRequest(body.value, request.headers.get('idempotency-key'));
    if (read.outcome === 'wrong') return problem(read.code, read.why);
    const { ports, ledger } = await openCollector();
    const created = await createCollection(ports, ledger, read.reference, 'http', caller);
    if (created.outcome === 'accepted') return accepted(request.url, created.receipt, []);
    return problem(
      'key-used',
      `Collection ${created.collectionId} was asked for with this key and something else; take another key.`,
    );
  }),
});
