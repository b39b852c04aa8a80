import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { allowSender, answerHandshake } from '../shared/doors/handshake.ts';
import { limitSubmission } from '../shared/doors/limit-submission.ts';
import { readAlertPayload } from '../shared/doors/read-alert-payload.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { accepted, acknowledged, problem, type Reply } from '../shared/doors/reply.ts';
import { receiveAlerts } from '../shared/pipeline/receive-alerts.ts';

app.http('receive-alert', {
  methods: ['POST', 'OPTIONS'],
  route: 'alerts',
  authLevel: settings.authLevel,
  handler: admit('submit', async (request, caller) => {
    if (request.method === 'OPTIONS') return allowSender(request.headers);
    if (settings.mode === 'off')
      return problem('switched-off', 'MODE is off. Send the alert again once it is observe or collect.');
    const body = await readJsonBody(request);
    const { ports, ledger, countSubmission } = await openCollector();
    const turnAway = async (code: string, reply: Reply) => {
      await ledger.noteRefused(new Date(), 'http', code);
      return reply;
    };
    if (body.outcome === 'problem') return turnAway(body.code, problem(body.code, body.detail));
    const handshake = answerHandshake(body.value);
    if (handshake !== null) return handshake;
    const payload = readAlertPayload(body.value);
    if (payload.outcome === 'unknown') return turnAway(payload.code, problem(payload.code, payload.why));
    if (payload.outcome === 'nothing')
      return turnAway('nothing-to-collect', acknowledged(payload.refused, payload.left));
    const taken = await limitSubmission(caller, payload.references, (alerts) => countSubmission(caller, alerts));
    if (taken.submission === 'refused') return turnAway(taken.code, taken.reply);
    const receipt = await receiveAlerts(ports, ledger, taken.references, 'http', caller);
    return accepted(request.url, receipt, payload.refused, payload.left);
  }),
});
