import { app } from '@azure/functions';
import { openCollector } from '../shared/collector.ts';
import { keepLibrary } from '../shared/pipeline/sync-library.ts';

app.timer('keep-library', {
  // Once an hour; a script that is missing is uploaded before it is run as well.
  schedule: '0 37 * * * *',
  handler: async () => {
    const { ports } = await openCollector();
    await keepLibrary(ports);
  },
});
