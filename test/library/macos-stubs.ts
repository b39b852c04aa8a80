import type { Stubs } from './script-stubs.ts';

/**
 * Commands that behave as those of macOS where the scripts depend on it: other options of stat, date, base64, ls and ps, no
 * timeout and no setsid, a dd without iflag. What only prints a state prints a line of its own. They prove that the script
 * keeps to these forms, not that a Mac answers so.
 */
export const macosStubs: Stubs = {
  uname: 'case "$1" in -s) echo Darwin ;; -n) echo mac ;; *) echo "Darwin mac 23.0.0 arm64" ;; esac',
  stat: `[ "$1" = -f ] || { echo "stat: illegal option -- \${1#-}" >&2; exit 1; }
form=$2
shift 2
[ "$1" != -- ] || shift
case $1 in */com.apple.TCC/*) echo "stat: $1: stat: Operation not permitted" >&2; exit 1 ;; esac
case $form in
  '%Xp %d %i %z %u %g %a %m %c %B') form='%f %d %i %s %u %g %X %Y %Z %W' ;;
  %z) form=%s ;;
  %u) form=%u ;;
  *) echo "stat: unknown form $form" >&2; exit 1 ;;
esac
out=$(/usr/bin/stat -c "$form" -- "$1" 2>&1) && { printf '%s\\n' "$out"; exit 0; }
case $out in
  *': No such file or directory') echo "stat: $1: stat: No such file or directory" >&2 ;;
  *': Not a directory') echo "stat: $1: stat: Not a directory" >&2 ;;
  *) printf '%s\\n' "$out" >&2 ;;
esac
exit 1`,
  date: `case "$*" in
  '-u -r '*) shift 2; at=$1; shift; exec /usr/bin/date -u -d "@$at" "$@" ;;
  *-d*) echo 'date: illegal option -- d' >&2; exit 1 ;;
  *) exec /usr/bin/date "$@" ;;
esac`,
  base64: `case "$1" in -D) exec /usr/bin/base64 -d ;; '') exec /usr/bin/base64 -w 0 ;; *) echo 'base64: invalid option' >&2; exit 64 ;; esac`,
  ls: `case "$1" in -ldnTBO) shift; exec /usr/bin/ls -ldnb -- "$@" ;; -t) shift; exec /usr/bin/ls -t "$@" ;; *) exit 1 ;; esac`,
  ps: `case "$*" in
  *-axww*|*-axo*|'-o ppid= -p '*) exec /usr/bin/ps "$@" ;;
  *) echo 'ps: illegal option' >&2; exit 1 ;;
esac`,
  dd: 'case "$*" in *iflag*) echo "dd: unknown operand iflag" >&2; exit 1 ;; *) exec /usr/bin/dd "$@" ;; esac',
  find: `for argument; do
  case $argument in -printf|-lname|-readable) echo "find: $argument: unknown primary or operator" >&2; exit 1 ;; esac
done
exec /usr/bin/find "$@"`,
  sysctl:
    'case "$*" in "-n kern.boottime") echo "{ sec = 1795254840, usec = 12 } Sat Nov 21 09:54:00 2026" ;; *) echo "sysctl $*" ;; esac',
  sw_vers: 'printf "ProductName:\\tmacOS\\nProductVersion:\\t14.1\\n"',
  mount: 'echo "/dev/disk3s1s1 on / (apfs, sealed, local)"; echo "//me@server/home on /Users/far (smbfs, nodev)"',
  log: 'echo "log $*"',
  launchctl: 'echo "launchctl $*"',
  sfltool: 'echo "sfltool $*"',
  kmutil: 'echo "kmutil $*"',
  systemextensionsctl: 'echo "systemextensionsctl $*"',
  lsof: 'echo "lsof $*"',
  ioreg: 'echo "ioreg $*"',
  csrutil: 'echo "System Integrity Protection status: enabled."',
  pkgutil: 'echo com.apple.pkg.Core',
  dscl: 'echo "_dscl $*"',
  scutil: '[ "$1" != --dns ] || exec sleep 300',
};

/** What else these scripts find on a Mac; no timeout, setsid, ionice or sha256sum. */
export const macosTools: readonly string[] =
  'awk cat df fold grep gzip head id mkdir mv openssl perl ps readlink renice rm rmdir sed sh shasum sleep sort tail tar tr wc xargs'
    .split(' ')
    .filter((tool) => !(tool in macosStubs));
