import { describe, expect, it } from 'vitest';
import type { EndpointName } from '../../../shared/defender/permissions.ts';
import { QUOTA_OF, type QuotaName } from '../../../shared/defender/quotas.ts';
import { EVERY_ENDPOINT } from './every-endpoint.ts';

const ENDPOINTS_OF: Readonly<Record<QuotaName, readonly EndpointName[]>> = {
  'live response': ['run live response'],
  'library files': ['list library files', 'upload library file', 'delete library file'],
  alert: ['get alert'],
  alerts: ['list alerts'],
  'alert updates': ['comment on alert'],
  'alert files': ['get alert files'],
  'alert machine': ['get alert machine'],
  machine: ['get machine'],
  machines: ['find machines'],
  'machine action': ['get machine action'],
  'machine actions': ['list machine actions'],
  cancellations: ['cancel machine action'],
  'result links': ['get result link'],
};

describe('QUOTA_OF', () => {
  it.each(Object.entries(ENDPOINTS_OF))('counts %s for itself', (quota, endpoints) => {
    const counted = EVERY_ENDPOINT.filter(({ endpoint }) => Reflect.get(QUOTA_OF, endpoint) === quota);
    expect(counted.map(({ endpoint }) => endpoint)).toEqual(endpoints);
  });

  it('knows every endpoint that is called', () => {
    expect(Object.keys(QUOTA_OF).sort()).toEqual(EVERY_ENDPOINT.map(({ endpoint }) => endpoint).sort());
  });
});
