import { app } from '@azure/functions';
import { openCollector } from '../shared/collector.ts';
import { takeTicket } from '../shared/pipeline/take-ticket.ts';

app.storageBlob('copy-result', {
  path: 'tickets/{name}',
  connection: 'StateStorage',
  source: 'EventGrid',
  handler: async (content, context) => {
    const { ports } = await openCollector();
    await takeTicket(ports, String(context.triggerMetadata?.['name'] ?? ''), content);
  },
});
