import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { json } from '../shared/doors/reply.ts';

app.http('get-health', {
  methods: ['GET'],
  route: 'health',
  authLevel: settings.authLevel,
  handler: admit('follow', async () => {
    const { ports, ledger, listSetAside } = await openCollector();
    const [lastPollAt, pause, setAside, profiles, scripts] = await Promise.all([
      ledger.lastBeat(),
      ports.control.readPause(),
      listSetAside(),
      ports.content.profiles(),
      ports.content.scripts(),
    ]);
    return json(200, {
      status: 'up',
      version: ports.version,
      mode: ports.mode,
      lastPollAt,
      pause,
      setAside,
      profiles: profiles.length,
      scripts: scripts.size,
    });
  }),
});
