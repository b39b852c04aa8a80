import { BlockList, isIPv4, isIPv6 } from 'node:net';

const REFUSED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Of IPv6, 2000::/3 is the Internet (IANA, IPv6 address space); these parts of it hold addresses inside addresses, or nobody's. */
const REFUSED_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const refusedV4 = new BlockList();
for (const [network, prefix] of REFUSED_V4) refusedV4.addSubnet(network, prefix, 'ipv4');
const refusedV6 = new BlockList();
for (const [network, prefix] of REFUSED_V6) refusedV6.addSubnet(network, prefix, 'ipv6');
const internetV6 = new BlockList();
internetV6.addSubnet('2000::', 3, 'ipv6');
const mappedV6 = new BlockList();
mappedV6.addSubnet('::ffff:0:0', 96, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** What an address is to a result link: on the Internet, this machine's own, or a place it must not lead to (private, link-local, metadata, reserved; IANA special-purpose registries, Azure's 168.63.129.16). */
export function judgeAddress(address: string): 'public' | 'loopback' | 'refused' {
  if (isIPv4(address)) {
    if (loopback.check(address, 'ipv4')) return 'loopback';
    return refusedV4.check(address, 'ipv4') ? 'refused' : 'public';
  }
  if (!isIPv6(address) || address.includes('%')) return 'refused';
  if (loopback.check(address, 'ipv6')) return 'loopback';
  // A block list compares an IPv4 address written as IPv6 with its IPv4 networks.
  if (mappedV6.check(address, 'ipv6')) return refusedV4.check(address, 'ipv6') ? 'refused' : 'public';
  return internetV6.check(address, 'ipv6') && !refusedV6.check(address, 'ipv6') ? 'public' : 'refused';
}
