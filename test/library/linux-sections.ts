import type { Index } from './script-contract.ts';

/** What a triage of Linux promises, each by the rows that show it: collected, or with the reason why not. */
const linuxSections: readonly { section: string; category: string; source: RegExp }[] = [
  { section: 'processes with parent and command line', category: 'process', source: /^ps -eww/ },
  { section: 'whole command lines', category: 'process', source: /^grep \. \/proc\/\*\/cmdline$/ },
  { section: 'hashes of what runs', category: 'process', source: /^sha256 of \/proc\/\*\/exe/ },
  {
    section: 'deleted but running',
    category: 'process',
    source: /^cat \/proc\/\d+\/exe$|^executables that run and were/,
  },
  { section: 'children of web workers', category: 'process', source: /^ps, web workers/ },
  { section: 'network with its processes', category: 'network', source: /^ss -tuwanpe$/ },
  { section: 'DNS cache', category: 'network', source: /^resolvectl |^DNS cache/ },
  { section: 'firewall', category: 'firewall', source: /^nft |^iptables-save|^ip6tables-save|^nftables/ },
  { section: 'logon sessions', category: 'session', source: /^loginctl / },
  { section: 'logins', category: 'session', source: /^last / },
  { section: 'failed logins', category: 'session', source: /^lastb / },
  { section: 'users', category: 'user', source: /^\/etc\/passwd$/ },
  { section: 'groups', category: 'user', source: /^\/etc\/group$/ },
  {
    section: 'keys and logins of homes',
    category: 'autostart',
    source: /^\/root\/|^\/home\/|^\/etc\/ld\.so\.preload$/,
  },
  { section: 'PAM', category: 'user', source: /^\/etc\/pam\.|^PAM/ },
  { section: 'services', category: 'service', source: /^systemctl list-units / },
  { section: 'systemd units', category: 'service', source: /^find \/etc\/systemd / },
  { section: 'timers', category: 'service', source: /^systemctl list-timers / },
  { section: 'containers', category: 'service', source: /containers|docker|overlay|lxc|machines|kubernetes/ },
  { section: 'kernel modules', category: 'kernel', source: /^cat \/proc\/modules$/ },
  { section: 'kernel log', category: 'kernel', source: /^dmesg$/ },
  { section: 'mounts', category: 'mount', source: /^cat \/proc\/self\/mountinfo$/ },
  { section: 'cron', category: 'schedule', source: /cron|^schedule$/ },
  { section: 'preloaded libraries', category: 'autostart', source: /^\/etc\/ld\.so\.preload$/ },
  { section: 'histories', category: 'history', source: /./ },
  { section: 'journal', category: 'log', source: /^journalctl / },
  {
    section: 'auth',
    category: 'log',
    source: /^\/var\/log\/(auth\.log|secure|syslog|messages|kern|cron|daemon|sudo|audit)|^auth, /,
  },
  { section: 'access logs', category: 'log', source: /access|^\/var\/log\/(apache2|nginx|httpd)/ },
  { section: 'Defender', category: 'defender', source: /^mdatp threat list$/ },
  { section: 'exclusions of Defender', category: 'defender', source: /^mdatp exclusion list$/ },
  { section: 'installed software', category: 'package', source: /^dpkg-query |^rpm |^package$/ },
  { section: 'shares', category: 'share', source: /^\/etc\/(exports|samba)|etab$|^shares by/ },
  { section: 'USB', category: 'share', source: /\/sys\/bus\/usb/ },
  { section: 'recent changes of web roots', category: 'file listing', source: /\/www|htdocs|webapps/ },
  { section: 'recent changes of settings', category: 'file listing', source: /^find \/etc \(modified/ },
  { section: 'places for temporary files', category: 'file listing', source: /^find \/tmp \(all\)$/ },
  { section: 'setuid files', category: 'file listing', source: /^find \/usr \(setuid/ },
];

/** The promised sections that an index has no row for, and those of which no row holds a file or says why not. */
export function findGaps(index: Index): string[] {
  const shown = findSections(index);
  return linuxSections.map(({ section }) => section).filter((section) => !shown.includes(section));
}

/** The promised sections that an index has: as a file, as absent, or with the reason why it could not be had. */
export function findSections(index: Index): string[] {
  const shows = (row: Index['rows'][number]) => row.stored !== null || row.status === 'absent' || row.reason !== null;
  return linuxSections
    .filter(({ category, source }) =>
      index.rows.some((row) => row.category === category && source.test(row.source) && shows(row)),
    )
    .map(({ section }) => section);
}
