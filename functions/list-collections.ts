import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { readListQuery } from '../shared/doors/read-list-query.ts';
import { answerList, problem } from '../shared/doors/reply.ts';
import { findCollections } from '../shared/pipeline/find-collections.ts';

app.http('list-collections', {
  methods: ['GET'],
  route: 'collections',
  authLevel: settings.authLevel,
  handler: admit('read', async (request) => {
    const read = readListQuery(request.query);
    if (read.outcome === 'wrong') return problem('wrong-query', read.why);
    const { ports, listCandidates } = await openCollector();
    const { load } = ports.collections;
    const page = await findCollections({ listCandidates, load }, read.query, read);
    return answerList(request.url, page.collections, page.next);
  }),
});
