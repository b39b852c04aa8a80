import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { answerAttachment, readEvidencePath } from '../shared/doors/attachment.ts';
import { noSuchCollection, readCollectionId } from '../shared/doors/find-collection.ts';
import { problem } from '../shared/doors/reply.ts';
import { paceAnswer } from '../shared/pace-answers.ts';
import { openEvidence } from '../shared/pipeline/open-evidence.ts';

app.http('get-evidence-item', {
  methods: ['GET'],
  route: 'collections/{id}/evidence/{*item}',
  authLevel: settings.authLevel,
  handler: admit('read', async (request, caller, context) => {
    const collectionId = readCollectionId(request.params['id']);
    if (collectionId === null) return noSuchCollection();
    const path = readEvidencePath(request.params['item']);
    if (path === null) return problem('not-found', NO_FILE);
    const { ports, openFile } = await openCollector();
    const opened = await openEvidence(ports, openFile, { collectionId, path, wrapped: 'as it is' }, caller);
    if (opened.outcome === 'not found') return problem('not-found', NO_FILE);
    const content = paceAnswer(context.invocationId, opened.content);
    return answerAttachment(content, { collectionId, path, bytes: opened.bytes, ending: 'evidence' });
  }),
});

const NO_FILE =
  'The package holds no such file. GET /api/collections/{id}/evidence lists those it holds, and /api/collections the collections.';
