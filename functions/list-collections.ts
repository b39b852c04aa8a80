import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { findCollection } from '../shared/doors/find-collection.ts';
import { readListQuery } from '../shared/doors/read-list-query.ts';
import { answerList, problem } from '../shared/doors/reply.ts';

app.http('list-collections', {
  methods: ['GET'],
  route: 'collections',
  authLevel: settings.authLevel,
  handler: admit('read', async (request) => {
    const query = readListQuery(request.query);
    if (query.outcome === 'wrong') return problem('wrong-query', query.why);
    const { ports, ledger } = await openCollector();
    const page = await ledger.listReceived(query.limit, query.from);
    const found = await Promise.all(page.ids.map((id) => findCollection(ports.collections.load, id)));
    const stored = found.filter((collection) => collection !== null);
    return answerList(request.url, stored, page.next);
  }),
});
