import { app } from '@azure/functions';
import { openCollector, settings } from '../shared/collector.ts';
import { pollMachineActions } from '../shared/pipeline/poll-machine-actions.ts';

app.timer('poll-machine-actions', {
  schedule: settings.pollSchedule,
  handler: async () => {
    const { ports } = await openCollector();
    await pollMachineActions(ports);
  },
});
