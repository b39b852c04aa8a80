import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { limitSubmission } from '../shared/doors/limit-submission.ts';
import { readAlertPayload } from '../shared/doors/read-alert-payload.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { accepted, problem } from '../shared/doors/reply.ts';
import { receiveAlerts } from '../shared/pipeline/receive-alerts.ts';

app.http('receive-alert', {
  methods: ['POST'],
  route: 'alerts',
  authLevel: settings.authLevel,
  handler: admit('submit', async (request, caller) => {
    if (settings.mode === 'off')
      return problem('switched-off', 'MODE is off. Send the alert again once it is observe or collect.');
    const body = await readJsonBody(request);
    const collector = await openCollector();
    if (body.outcome === 'problem') {
      await collector.ledger.noteRefused(new Date(), 'http', body.code);
      return problem(body.code, body.detail);
    }
    const payload = readAlertPayload(body.value);
    if (payload.outcome === 'unknown') {
      await collector.ledger.noteRefused(new Date(), 'http', payload.code);
      return problem(payload.code, payload.why);
    }
    const count = () => collector.countSubmission(caller, payload.references.length);
    const refusal = await limitSubmission(caller, body.value, count);
    if (refusal !== null) {
      await collector.ledger.noteRefused(new Date(), 'http', refusal.code);
      return refusal.reply;
    }
    const receipt = await receiveAlerts(collector.ports, collector.ledger, payload.references, 'http', caller);
    return accepted(request.url, receipt, payload.refused);
  }),
});
