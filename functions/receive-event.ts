import { app } from '@azure/functions';
import { openCollector, settings } from '../shared/collector.ts';
import { isForAnyone } from '../shared/doors/find-choices.ts';
import { readAlertPayload } from '../shared/doors/read-alert-payload.ts';
import { receiveAlerts } from '../shared/pipeline/receive-alerts.ts';

app.eventGrid('receive-event', {
  handler: async (event, context) => {
    // A fault is thrown, so that Event Grid delivers again; an event that can never be used is recorded and acknowledged.
    if (settings.mode === 'off') throw new Error('MODE is off: Event Grid delivers the event again later.');
    const collector = await openCollector();
    const payload = readAlertPayload(event);
    if (payload.outcome !== 'alerts') {
      const code = payload.outcome === 'unknown' ? payload.code : 'nothing-to-collect';
      await collector.ledger.noteRefused(new Date(), 'event grid', code);
      context.warn('An event names no alert that can be collected; it is acknowledged and not delivered again.');
      return;
    }
    if (payload.refused.length > 0) await collector.ledger.noteRefused(new Date(), 'event grid', 'unknown-payload');
    const references = payload.references.filter(isForAnyone);
    if (references.length < payload.references.length)
      await collector.ledger.noteRefused(new Date(), 'event grid', 'not-allowed');
    if (references.length > 0) await receiveAlerts(collector.ports, collector.ledger, references, 'event grid');
  },
});
