import { app } from '@azure/functions';
import { openCollector, settings } from '../shared/collector.ts';
import { discoverAlerts } from '../shared/pipeline/discover-alerts.ts';

// A timer that is registered is woken on an instance of its own; where it is off, there is none.
if (settings.discovery !== null)
  app.timer('discover-alerts', {
    schedule: settings.discovery.schedule,
    handler: async () => {
      const { ports, discovery } = await openCollector();
      await discoverAlerts(ports, discovery);
    },
  });
