import { makeMachine } from './make-entities.ts';

/** The Linux machine of the default scenario, which is this computer. */
export const linux = makeMachine({
  id: '4c07a6c1e0d5b2f39a8e71645d20c3fb9e8a1d72',
  osPlatform: 'Linux',
  computerDnsName: 'web-04.contoso.com',
  machineTags: ['dmz'],
});

/** The Windows machine of the default scenario, which is recorded. */
export const windows = makeMachine({
  id: '1e5bc9d7e413ddd7902c2932e418702b84d0cc07',
  osPlatform: 'Windows11',
  computerDnsName: 'johns-work-computer',
  version: '22H2',
  osBuild: 22621,
  agentVersion: '10.8750.22621.3527',
  isAadJoined: true,
});

/** The phone of the default scenario, where no live response is possible. */
export const phone = makeMachine({
  id: '9d3f0b6a27c14e85f1b09c6d7e2a48310fd5c6b4',
  osPlatform: 'Android',
  computerDnsName: 'annas-phone',
  version: '15.0',
});
