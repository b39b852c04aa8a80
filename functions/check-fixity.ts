import { app } from '@azure/functions';
import { openCollector, settings } from '../shared/collector.ts';
import { checkFixity } from '../shared/pipeline/check-fixity.ts';

app.timer('check-fixity', {
  schedule: settings.fixitySchedule,
  handler: async () => {
    const { fixity } = await openCollector();
    await checkFixity(fixity);
  },
});
