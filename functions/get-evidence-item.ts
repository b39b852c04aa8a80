import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { answerAttachment, nameDownload, readEvidencePath } from '../shared/doors/attachment.ts';
import { noSuchCollection, readCollectionId } from '../shared/doors/find-collection.ts';
import { readWrapping } from '../shared/doors/read-wrapping.ts';
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
    const wrapping = readWrapping(request.query);
    if (wrapping.outcome === 'wrong') return problem('wrong-query', wrapping.why);
    const { wrapped } = wrapping;
    const { ports, openFile, wrapInZip } = await openCollector();
    const opened = await openEvidence(ports, openFile, { collectionId, path, wrapped }, caller);
    if (opened.outcome === 'not found') return problem('not-found', NO_FILE);
    const name = nameDownload(collectionId, path);
    const [content, ending, bytes] =
      wrapped === 'in a zip' ? [wrapInZip(opened, name), '.zip', null] : [opened.content, '', opened.bytes];
    return answerAttachment(`${name}${ending}`, { content: paceAnswer(context.invocationId, content), bytes });
  }),
});

const NO_FILE =
  'The package holds no such file. GET /api/collections/{id}/evidence lists those it holds, and /api/collections the collections.';
