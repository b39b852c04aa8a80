#!/bin/sh
# Runs UAC (Unix-like Artifacts Collector) by live response. UAC itself is the base64 of its release, behind the last line of
# this file; how it gets there is in docs/profiles.md. POSIX shell.
#
#   uac-collector.sh start <collection> <profile of UAC>   unpacks and starts it, and ends at once
#   uac-collector.sh fetch <collection>                    waits for its end, and leaves one archive
#
# It works in a folder below /var/tmp that only root can enter, and that our own scripts remove after a day. UAC takes longer
# than the ten minutes that live response waits, so there are two sessions.

set -u
umask 077
exec 2>&1 </dev/null
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL

readonly LIMIT_SECONDS=10800
readonly WAIT_SECONDS=540

fail() {
  printf 'uac-collector: %s\n' "$1"
  exit 1
}

# 32 hex digits, and -r1 to -r999 behind them for a collection that is tried again.
check_collection() {
  case ${1%%-*} in *[!0-9a-f]*) return 1 ;; esac
  head=${1%%-*}
  [ ${#head} -eq 32 ] || return 1
  case ${1#"$head"} in '' | -r[0-9] | -r[0-9][0-9] | -r[0-9][0-9][0-9]) ;; *) return 1 ;; esac
}

# seconds command...
if command -v timeout >/dev/null; then
  run_timed() { timeout -k 30 "$@"; }
else
  # shellcheck disable=SC2016 # the variables are perl's
  run_timed() { perl -e 'setpgrp; my $left = shift; my $pid = fork; exec { $ARGV[0] } @ARGV unless $pid; $SIG{ALRM} = sub { kill KILL => -$$ }; alarm $left; waitpid $pid, 0' "$@"; }
fi

# So that it does not end with the session that started it.
if command -v setsid >/dev/null; then
  run_in_own_session() { exec setsid "$@"; }
else
  # shellcheck disable=SC2016 # the variables are perl's
  run_in_own_session() { exec perl -MPOSIX -e 'POSIX::setsid(); exec { $ARGV[0] } @ARGV; exit 127' "$@"; }
fi

# Older macOS has another letter for it.
if [ "$(printf 'YQ==' | base64 -d)" = a ]; then
  decode() { base64 -d; }
else
  decode() { base64 -D; }
fi

start_uac() {
  mkdir -m 0700 "$folder" || fail "$folder could not be made: it is there already, or the disk is full."
  mkdir "$folder/tool" "$folder/out"
  sed '1,/^# UAC follows$/d' "$0" | decode | tar -xzf - -C "$folder/tool" || abandon 'UAC could not be unpacked: is its base64 behind the last line of this file?'
  for tool in "$folder"/tool/*/uac; do [ -f "$tool" ] || abandon 'There is no uac in what was unpacked.'; done
  # Live response may remove its own copy of this script.
  sed '/^# UAC follows$/,$d' "$0" >"$folder/run"
  (run_in_own_session sh "$folder/run" work "$collection" "$1") >/dev/null &
  printf 'UAC was started.\n'
}

run_uac() {
  cd "$folder"/tool/*/ || exit 1
  renice -n 15 -p $$
  run_timed "$LIMIT_SECONDS" sh ./uac -p "$1" "$folder/out" >"$folder/log"
  printf '%s\n' "$?" >"$folder/code.new"
  mv "$folder/code.new" "$folder/code"
}

abandon() {
  cd / || exit 1
  rm -rf -- "$folder"
  fail "$1"
}

fetch_archive() {
  if [ ! -d "$folder/out" ] || [ -h "$folder" ]; then fail "Nothing was started in $folder."; fi
  waited=0
  while [ ! -e "$folder/code" ]; do
    [ "$waited" -lt "$WAIT_SECONDS" ] || fail 'UAC has not ended. Give the profile a longer delay.'
    waited=$((waited + 1))
    sleep 1
  done
  read -r code <"$folder/code"
  set -- "$folder"/out/*.tar.gz
  if [ $# -ne 1 ] || [ ! -f "$1" ] || [ -h "$1" ]; then
    tail -n 5 "$folder/log"
    abandon "UAC ended with code $code and left no single archive. Nothing was kept."
  fi
  mv "$1" "$folder/evidence.tar.gz"
  rm -rf -- "$folder/tool" "$folder/out" "$folder/run" "$folder/log" "$folder/code"
  printf 'UAC ended with code %s. SHA-256 of the archive: ' "$code"
  { sha256sum || shasum -a 256; } <"$folder/evidence.tar.gz"
}

if [ $# -lt 2 ] || ! check_collection "$2"; then
  fail 'Give start, a collection and a profile of UAC, or fetch and a collection.'
fi
collection=$2
folder=/var/tmp/evidence-collector-$collection-999
case $1:$# in
  start:3 | work:3)
    case $3 in '' | *[!a-z0-9_]*) fail 'The profile of UAC is one of its names, such as ir_triage.' ;; esac
    if [ "$1" = work ]; then run_uac "$3"; else start_uac "$3"; fi
    ;;
  fetch:2) fetch_archive ;;
  *) fail 'Give start, a collection and a profile of UAC, or fetch and a collection.' ;;
esac
exit 0
# UAC follows
