import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { explainNoReport, findCollection, noSuchCollection } from '../shared/doors/find-collection.ts';
import { page, problem } from '../shared/doors/reply.ts';
import { noteOpening } from '../shared/pipeline/note-opening.ts';

app.http('get-report', {
  methods: ['GET'],
  route: 'collections/{id}/report',
  authLevel: settings.authLevel,
  handler: admit('read', async (request, caller) => {
    const { ports } = await openCollector();
    const collection = await findCollection(ports.collections.load, request.params['id']);
    if (collection === null) return noSuchCollection();
    const report = await ports.evidence.readText(collection.id, 'report.html');
    if (report === null) return problem('no-report-yet', explainNoReport(collection));
    const { noted } = await noteOpening(ports, collection.id, { file: 'report.html', by: 'http', caller: caller.id });
    return noted === 'noted' ? page(report) : problem('no-report-yet', explainNoReport(collection));
  }),
});
