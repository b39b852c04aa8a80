import { describe, expect, it } from 'vitest';
import { judgeAddress } from '../../../shared/evidence/refuse-address.ts';

describe('judgeAddress', () => {
  it.each([
    ['20.60.1.1', 'public'],
    ['172.15.255.255', 'public'],
    ['100.128.0.1', 'public'],
    ['2603:1030:a0c::1', 'public'],
    ['::ffff:20.60.1.1', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'refused'],
    ['10.1.2.3', 'refused'],
    ['172.16.0.1', 'refused'],
    ['172.31.255.255', 'refused'],
    ['192.168.0.1', 'refused'],
    ['100.64.0.1', 'refused'],
    ['100.127.255.255', 'refused'],
    ['169.254.169.254', 'refused'],
    ['168.63.129.16', 'refused'],
    ['192.0.0.192', 'refused'],
    ['198.18.0.1', 'refused'],
    ['224.0.0.1', 'refused'],
    ['255.255.255.255', 'refused'],
    ['::', 'refused'],
    ['fe80::1', 'refused'],
    ['fe80::1%eth0', 'refused'],
    ['fc00::1', 'refused'],
    ['fd00:ec2::254', 'refused'],
    ['fec0::1', 'refused'],
    ['ff02::1', 'refused'],
    ['::ffff:10.0.0.1', 'refused'],
    ['::ffff:a9fe:a9fe', 'refused'],
    ['::10.0.0.1', 'refused'],
    ['64:ff9b::10.0.0.1', 'refused'],
    ['2002:a00:1::', 'refused'],
    ['2001:0:a00:1::', 'refused'],
    ['2001:db8::1', 'refused'],
    ['evil.example', 'refused'],
    ['', 'refused'],
  ] as const)('%s is %s', (address, verdict) => {
    expect(judgeAddress(address)).toBe(verdict);
  });
});
