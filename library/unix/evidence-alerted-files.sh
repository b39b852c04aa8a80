#!/bin/sh
# The files of an alert, for Linux and macOS, run by live response as root. The contract is in library/README.md.
#
# Each file by its path; what is gone from its path by a process that still runs it or has it open (Linux); of what is too
# large its hash and its two ends; of what Defender took away that it did, and with the option restore-quarantine the file.
# That option is the only thing that changes the machine: an exclusion for our own folder, which is removed and looked for.

# ===== head: the same bytes in every script of this folder =====

# shellcheck disable=SC2034,SC2317,SC2329 # what one script does not need, another does; functions are called by trap or by name

set -u
umask 077
exec </dev/null 2>/dev/null

unset -v BASH_ENV ENV CDPATH GZIP TAR_OPTIONS POSIXLY_CORRECT QUOTING_STYLE TIME_STYLE BLOCK_SIZE GREP_OPTIONS
unset -v LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT PERL5LIB PERL5OPT PERLLIB DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG SYSTEMD_PAGER PAGER PS_FORMAT
IFS=$(printf ' \t\n_')
IFS=${IFS%_}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
# So that the tar of macOS packs what was asked for and no more.
COPYFILE_DISABLE=1
export PATH LC_ALL COPYFILE_DISABLE

readonly PARENT=/var/tmp
readonly MAX_REQUEST_CHARACTERS=8000
readonly MIN_LIMIT_BYTES=1048576
readonly MAX_LIMIT_BYTES=3221225472
readonly MIN_LIMIT_SECONDS=10
readonly MAX_LIMIT_SECONDS=600
readonly MAX_DETACHED_SECONDS=14400
readonly MAX_ROWS=900
readonly FREE_SPACE_TO_LEAVE_BYTES=104857600
# A tar header, the padding to 512 bytes and the row in the index: what an artifact costs besides its bytes.
readonly OVERHEAD_BYTES=2048
readonly MAX_HASHED_BYTES=2147483648

started_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
folder=''
created=no
answered=no
in_worker=no
worker=''
file_requests=''
file_count=0
options=''
detached_json=''
archive_json=null
items=0
errors=0

# ---------------------------------------------------------------------------------------------------- small tools

system=$(uname -s)
access_hint=''
if [ "$system" = Darwin ]; then
  access_hint=' Defender may have no Full Disk Access on this Mac.'
  # There is no clock for a shell that no one sets.
  read_clock() { clock=$(date +%s); }
  print_time() { date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ; }
  print_boot_seconds() { sysctl -n kern.boottime | sed -n 's/^{ sec = \([0-9][0-9]*\),.*/\1/p'; }
  # mode(hex) device inode bytes uid gid accessed modified changed born(seconds).
  print_facts() { run_for 10 stat -f '%Xp %d %i %z %u %g %a %m %c %B' -- "$1"; }
  print_bytes() { stat -f %z -- "$1"; }
  print_owner() { run_for 5 stat -f %u -- "$1"; }
  print_parent() { ps -o ppid= -p "$1" | tr -d ' '; }
  print_parents() { ps -axo pid=,ppid= | awk '{ print $1 ":" $2 }'; }
else
  # Seconds since boot: a clock that no one sets.
  read_clock() {
    read -r clock _ </proc/uptime
    clock=${clock%%.*}
  }
  print_time() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
  print_boot_seconds() { sed -n 's/^btime \([0-9][0-9]*\)$/\1/p' /proc/stat; }
  print_facts() { run_for 10 stat -c '%f %d %i %s %u %g %X %Y %Z %W' -- "$1"; }
  print_bytes() { stat -c %s -- "$1"; }
  print_owner() { run_for 5 stat -c %u -- "$1"; }
  print_stat() {
    { read -r stat_line <"$1"; } || return 0
    stat_rest=${stat_line##*") "}
    stat_rest=${stat_rest#* }
    printf '%s:%s\n' "${stat_line%% *}" "${stat_rest%% *}"
  }
  print_parent() {
    parent=$(print_stat "/proc/$1/stat")
    printf '%s' "${parent#*:}"
  }
  print_parents() { for stat_file in /proc/[0-9]*/stat; do print_stat "$stat_file"; done; }
fi

if [ "$(printf 'YQ==' | base64 -d)" = a ]; then
  base64_encode() { base64; }
  base64_decode() { base64 -d; }
elif [ "$(printf 'YQ==' | base64 -D)" = a ]; then
  base64_encode() { base64; }
  base64_decode() { base64 -D; }
else
  base64_encode() { openssl base64; }
  base64_decode() { openssl base64 -d -A; }
fi

base64url_encode() { base64_encode | tr -d '\n=' | tr '+/' '-_'; }

# Text of base64url characters -> its bytes on stdout; fails when it is not base64url.
base64url_decode() {
  padded=$1
  case $((${#padded} % 4)) in
    1) return 1 ;;
    2) padded="$padded==" ;;
    3) padded="$padded=" ;;
  esac
  printf '%s' "$padded" | tr '_-' '/+' | base64_decode
}

if command -v sha256sum >/dev/null; then
  hash_stream() { sha256sum; }
  hash_listed() { run_for "$seconds" xargs -n 50 sha256sum; }
elif command -v shasum >/dev/null; then
  hash_stream() { shasum -a 256; }
  hash_listed() { run_for "$seconds" xargs -n 50 shasum -a 256; }
else
  hash_stream() { openssl dgst -sha256 -r; }
  hash_listed() { run_for "$seconds" xargs -n 50 openssl dgst -sha256 -r; }
fi

# stdin -> $sum, 64 hex digits, or empty when nothing here can hash.
read_sum() {
  sum=$(hash_stream)
  sum=${sum%% *}
  case $sum in *[!0-9a-f]*) sum='' ;; esac
  [ ${#sum} -eq 64 ] || sum=''
}

# Any text -> $text, printable ASCII, escaped for a JSON string; what does not fit is replaced, for reading only.
make_plain() {
  text=$1
  case $text in
    *[!A-Za-z0-9\ ./_:,=+@%-]*)
      text=$(printf '%s' "$text" | head -c 600 | tr -c ' -~' '?' | sed 's/[\\"]/\\&/g')
      ;;
  esac
}

# $value or empty -> $json, a JSON string or null.
make_json_or_null() { if [ -n "$1" ]; then json="\"$1\""; else json=null; fi; }

is_hex() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} -eq "$2" ]
}

# 32 hex digits, and -r1 to -r999 behind them for a collection that is tried again.
is_collection() {
  is_hex "${1%%-*}" 32 || return 1
  case ${1#????????????????????????????????} in
    '' | -r[0-9] | -r[0-9][0-9] | -r[0-9][0-9][0-9]) return 0 ;;
    *) return 1 ;;
  esac
}

# A whole number without sign or leading zero, between two bounds.
is_number_between() {
  case $1 in '' | *[!0-9]* | 0[0-9]*) return 1 ;; esac
  [ ${#1} -le 10 ] && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

if timeout -k 1 5 true; then
  run_timed() { timeout -k 2 "$@"; }
elif timeout 5 true; then
  run_timed() { timeout "$@"; }
elif perl -e 'exit 0'; then
  # shellcheck disable=SC2016 # the variables are perl's
  run_timed() { perl -e 'alarm shift; exec { $ARGV[0] } @ARGV; exit 127' "$@"; }
else
  run_timed() {
    shift
    "$@"
  }
fi

# seconds command...: its exit code; that it was stopped is also noted in $folder/slow, as a pipe hides the code.
run_for() {
  run_timed "$@"
  run_code=$?
  if is_code_of_stopped "$run_code" && [ -n "$folder" ]; then : >"$folder/slow"; fi
  return "$run_code"
}

# 124 is timeout's, 137, 142 and 143 are a shell's for KILL, ALRM and TERM.
is_code_of_stopped() { [ "$1" -eq 124 ] || [ "$1" -eq 137 ] || [ "$1" -eq 142 ] || [ "$1" -eq 143 ]; }

# Ends our child $1 and everything below it. It is stopped first, so that nothing is started while its children are listed.
kill_tree() {
  # A number that is no longer our child's may be anyone's.
  [ "$(print_parent "$1")" = "$$" ] || return 0
  kill -STOP "$1"
  doomed=" $1 "
  grown=yes
  while [ "$grown" = yes ]; do
    grown=no
    for pair in $(print_parents); do
      case $doomed in *" ${pair%:*} "*) continue ;; esac
      case $doomed in *" ${pair#*:} "*)
        doomed="$doomed${pair%:*} "
        grown=yes
        ;;
      esac
    done
  done
  for child in $doomed; do kill -KILL "$child"; done
}

# -------------------------------------------------------------------------------------------------------- answer

describe_machine() {
  machine_zone=$(readlink /etc/localtime)
  case $machine_zone in
    */zoneinfo/*) machine_zone=${machine_zone##*/zoneinfo/} ;;
    *) machine_zone=$(date +%z) ;;
  esac
  make_plain "$machine_zone"
  machine_zone=$text
  boot_at=''
  boot_seconds=$(print_boot_seconds)
  if [ -n "$boot_seconds" ]; then boot_at=$(print_time "$boot_seconds"); fi
  script_sha256=''
  if [ -f "$0" ]; then
    read_sum <"$0"
    script_sha256=$sum
  fi
}

# The rows of the request's files, in its order; what the worker did not reach was skipped.
print_file_answers() {
  file_index=0
  for request in $file_requests; do
    [ "$file_index" -eq 0 ] || printf ','
    if [ -n "$folder" ] && [ -f "$folder/answers/$file_index" ]; then
      cat "$folder/answers/$file_index"
    else
      printf '{"path":"%s","status":"skipped","verdict":"not comparable","sha256":null,"bytes":null}' "${request%%:*}"
    fi
    file_index=$((file_index + 1))
  done
}

print_answer() {
  make_json_or_null "$script_sha256"
  printf '{"v":1,"ok":%s,"reason":%s,"script":{"sha256":%s},' "$1" "$2" "$json"
  make_json_or_null "$boot_at"
  printf '"machine":{"utc":"%s","zone":"%s","bootAt":%s},' "$ended_at" "$machine_zone" "$json"
  printf '"startedAt":"%s","endedAt":"%s","archive":%s,' "$started_at" "$ended_at" "$archive_json"
  printf '"items":%s,"errors":%s,"files":[' "$items" "$errors"
  print_file_answers
  printf ']%s}' "$detached_json"
}

send_answer() {
  answered=yes
  ended_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  printf '%s\n' '-----BEGIN EVIDENCE ANSWER-----'
  print_answer "$1" "$2" | base64url_encode | fold -w 76
  printf '\n%s\n' '-----END EVIDENCE ANSWER-----'
}

# Ends the script with ok:false; the folder goes if it is ours.
refuse() {
  make_plain "$1"
  items=0
  errors=0
  archive_json=null
  refusal="\"$text\""
  if [ -n "$worker" ]; then kill_tree "$worker"; fi
  send_answer false "$refusal"
  exit 0
}

# What a script undoes however it ends; a script that changes anything has its own.
undo() { :; }

clean_up() {
  trap '' HUP INT TERM
  if [ "$answered" = no ] && [ -n "$worker" ]; then kill_tree "$worker"; fi
  undo
  if [ "$answered" = no ]; then
    archive_json=null
    send_answer false '"The script ended before its work was done; nothing was kept. Run it again."'
  fi
  if [ "$created" = yes ]; then
    for leftover in "$folder"/*; do
      case ${leftover#"$folder/"} in
        evidence.tar.gz) [ "$archive_json" = null ] || continue ;;
        answer.new | summary | until | pid) [ "$phase" != detached ] || continue ;;
      esac
      rm -rf -- "$leftover"
    done
    case $phase in
      detached) mv "$folder/answer.new" "$folder/answer" ;;
      *) rmdir "$folder" ;;
    esac
  fi
  exit 0
}

# ------------------------------------------------------------------------------------------------------- request

# Takes the literal text $1 from the front of $rest.
expect() {
  case $rest in
    "$1"*) rest=${rest#"$1"} ;;
    *) return 1 ;;
  esac
}

# Takes what is before the next $1 from $rest into $taken.
take_until() {
  taken=${rest%%"$1"*}
  rest=${rest#"$taken"}
}

parse_request_files() {
  while ! expect ']'; do
    [ "$file_count" -eq 0 ] || expect ',' || return 1
    expect '{"path":"' || return 1
    take_until '"'
    case $taken in *[!A-Za-z0-9_-]*) return 1 ;; esac
    [ $((${#taken} % 4)) -ne 1 ] || return 1
    request_path=$taken
    expect '","sha256":"' || return 1
    take_until '"'
    [ -z "$taken" ] || is_hex "$taken" 64 || return 1
    expect '"}' || return 1
    file_requests="$file_requests $request_path:$taken"
    file_count=$((file_count + 1))
  done
}

# The last key, absent when there is none: words that a script knows or says that it does not.
parse_request_options() {
  if expect '}'; then
    [ -z "$rest" ]
    return
  fi
  expect ',"options":[' || return 1
  while :; do
    expect '"' || return 1
    take_until '"'
    case $taken in '' | [!a-z]* | *[!a-z-]*) return 1 ;; esac
    [ ${#taken} -le 40 ] || return 1
    options="$options $taken"
    expect '"' || return 1
    expect ',' || break
  done
  options="$options "
  expect ']}' && [ -z "$rest" ]
}

has_option() {
  case $options in *" $1 "*) return 0 ;; esac
  return 1
}

# The harvest is a session of its own, and works in the folder of the session that was started detached.
name_folder() { expected_folder=$PARENT/evidence-collector-$collection-$session; }

parse_request() {
  case $1 in '' | *[!A-Za-z0-9_-]*)
    refuse 'The argument is not base64url. Give one argument: the request as base64url without padding.'
    ;;
  esac
  [ ${#1} -le $MAX_REQUEST_CHARACTERS ] ||
    refuse "The argument has more than $MAX_REQUEST_CHARACTERS characters. Ask for fewer files in one request."
  foreign=$(base64url_decode "$1" | tr -d '!-~' | wc -c)
  [ "$foreign" -eq 0 ] ||
    refuse 'The request is not compact JSON in ASCII. Encode it without white space, foreign strings as base64url.'
  rest=$(base64url_decode "$1")

  expect '{"v":1,' || refuse 'The request is not of version 1, the only one this script knows. Use the matching script.'
  expect '"collection":"' || refuse 'The request has no collection where it should be.'
  take_until '"'
  collection=$taken
  is_collection "$collection" || refuse 'The collection of the request is not 32 hex digits.'
  expect '","session":' || refuse 'The request has no session where it should be.'
  take_until ','
  session=$taken
  is_number_between "$session" 0 999 || refuse 'The session of the request is not a number from 0 to 999.'
  expect ',"archive":"' || refuse 'The request has no archive where it should be.'
  take_until '"'
  name_folder
  archive=$expected_folder/evidence.tar.gz
  [ "$taken" = "$archive" ] || refuse "The archive of the request is not $archive, the only place allowed."
  expect '","limitBytes":' || refuse 'The request has no limitBytes where it should be.'
  take_until ','
  limit_bytes=$taken
  is_number_between "$limit_bytes" $MIN_LIMIT_BYTES $MAX_LIMIT_BYTES ||
    refuse "limitBytes is not a number from $MIN_LIMIT_BYTES to $MAX_LIMIT_BYTES."
  expect ',"limitSeconds":' || refuse 'The request has no limitSeconds where it should be.'
  take_until ','
  limit_seconds=$taken
  is_number_between "$limit_seconds" $MIN_LIMIT_SECONDS $MAX_DETACHED_SECONDS ||
    refuse "limitSeconds is not a number from $MIN_LIMIT_SECONDS to $MAX_LIMIT_SECONDS."
  expect ',"files":[' || refuse 'The request has no files where they should be.'
  if ! parse_request_files; then
    file_requests=''
    refuse 'The files of the request are not rows of path (base64url) and sha256 (64 hex digits or empty).'
  fi
  if ! parse_request_options; then
    file_requests=''
    refuse 'After the files of the request comes its end, or options: lower-case words of at most 40 letters and dashes.'
  fi
  if [ "$limit_seconds" -gt $MAX_LIMIT_SECONDS ] && ! has_option detached; then
    file_requests=''
    refuse "limitSeconds is not a number from $MIN_LIMIT_SECONDS to $MAX_LIMIT_SECONDS, as for work that is not detached."
  fi
}

# -------------------------------------------------------------------------------------------------------- folder

remove_stale_folders() {
  for stale in "$PARENT"/evidence-collector-*-*; do
    stale_name=${stale#"$PARENT/evidence-collector-"}
    is_collection "${stale_name%-*}" || continue
    is_number_between "${stale_name##*-}" 0 999 || continue
    # -mtime +0: at least 24 hours old. A link is not of type d.
    if [ -n "$(find "$stale" -prune -type d -user "$own_uid" -mtime +0 -print)" ]; then rm -rf -- "$stale"; fi
  done
}

create_folder() {
  if [ -n "$(find "$PARENT/" -prune -perm -0002 ! -perm -1000 -print)" ]; then
    refuse "$PARENT is writable by everyone and not sticky, so nothing in it is safe. Run chmod 1777 $PARENT."
  fi
  mkdir -m 0700 "$expected_folder" ||
    refuse "$expected_folder could not be created: it exists already, or $PARENT is full or read-only. Nothing was touched."
  folder=$expected_folder
  created=yes
}

fill_folder() {
  package=$folder/package
  mkdir "$package" "$package/artifacts" "$package/files" "$folder/answers" ||
    refuse "$folder could not be filled: the disk is full or read-only. Free some space and run the script again."
  : >"$folder/rows"
}

# The archive and what it is made from need their space twice; a nearly full disk lowers the limit.
fit_limit_to_disk() {
  free_kilobytes=$(run_for 5 df -Pk "$folder" | awk 'NR == 2 { print $4 }')
  is_number_between "$free_kilobytes" 0 9999999999 || return 0
  fitting_bytes=$(((free_kilobytes * 1024 - FREE_SPACE_TO_LEAVE_BYTES) / 2))
  if [ "$fitting_bytes" -lt "$limit_bytes" ]; then limit_bytes=$fitting_bytes; fi
  [ "$limit_bytes" -ge "$MIN_LIMIT_BYTES" ] ||
    refuse "$PARENT has only $free_kilobytes KB free: collecting might fill it. Free some space and run the script again."
}

# ---------------------------------------------------------------------------------------------------------- rows
# A row is written when its artifact is stored and hashed. $id numbers rows, $used counts bytes against the limit.

id=0
request_json=null
expected_category=''
used=131072
artifact_limit=0

# $left: seconds the worker still has.
read_left() {
  read_clock
  left=$((collect_until - clock))
}

# Sets $seconds to the wish $1, or to what is left if that is less.
fit_seconds() {
  read_left
  seconds=$1
  if [ "$seconds" -gt "$left" ]; then seconds=$left; fi
  if [ "$seconds" -lt 1 ]; then seconds=1; fi
}

# Sets $max to the wish $1, or to what the size limit leaves if that is less.
fit_bytes() {
  max=$1
  if [ "$max" -gt $((artifact_limit - used - OVERHEAD_BYTES)) ]; then max=$((artifact_limit - used - OVERHEAD_BYTES)); fi
}

# category source path(base64url or empty) stored bytes sha256 status reason; $facts_json besides.
add_row() {
  make_plain "${2:-(empty)}"
  row_source=$text
  make_plain "$8"
  make_json_or_null "$text"
  row_reason=$json
  make_json_or_null "$3"
  row_path=$json
  make_json_or_null "$4"
  row_stored=$json
  make_json_or_null "$6"
  {
    printf '{"id":%s,"category":"%s","source":"%s","path":%s,' "$id" "$1" "$row_source" "$row_path"
    printf '"stored":%s,"bytes":%s,"sha256":%s,"status":"%s",' "$row_stored" "${5:-null}" "$json" "$7"
    printf '"reason":%s,"file":%s,"request":%s}\n' "$row_reason" "$facts_json" "$request_json"
  } >>"$folder/rows"
}

# Opens the next row; fails, after a row that says so, when time or the number of rows is used up.
open_row() {
  facts_json=null
  stored=''
  bytes=''
  sum=''
  if [ -e "$folder/slow" ]; then rm -f -- "$folder/slow"; fi
  id=$((id + 1))
  if [ "$id" -gt "$MAX_ROWS" ]; then
    if [ "$id" -eq $((MAX_ROWS + 1)) ]; then add_row "$1" "$2" '' '' '' '' skipped 'The index is full.'; fi
    return 1
  fi
  read_left
  if [ "$left" -le 0 ]; then
    add_row "$1" "$2" '' '' '' '' skipped 'The time limit was reached.'
    return 1
  fi
}

# As open_row, for what needs room in the archive.
begin_row() {
  open_row "$1" "$2" || return 1
  if [ $((artifact_limit - used)) -le $((OVERHEAD_BYTES * 2)) ]; then
    add_row "$1" "$2" '' '' '' '' skipped 'The size limit was reached.'
    return 1
  fi
}

# Hashes and charges what is stored under $stored; sets $bytes and $sum. Fails when it is no longer there: antivirus may
# take a copy of what it knows.
settle_stored() {
  bytes=$(print_bytes "$package/$stored")
  { read_sum; } <"$package/$stored" || sum=''
  if [ -z "$bytes" ] || [ -z "$sum" ]; then
    drop_stored unreadable 'The copy was taken away before it could be hashed, perhaps by antivirus.'
    return 1
  fi
  used=$((used + bytes + OVERHEAD_BYTES))
}

drop_stored() {
  rm -f -- "$package/$stored"
  stored=''
  bytes=''
  sum=''
  status=$1
  reason=$2
}

# ------------------------------------------------------------------------------------------------------ commands

# What a command left in $package/$stored, its exit code in $folder/code, its errors in $folder/error -> a row.
finish_command() {
  read -r code <"$folder/code" || code=1
  read -r error_line <"$folder/error" || error_line=${error_line:-}
  if ! settle_stored; then
    :
  elif [ -e "$folder/slow" ]; then
    status=truncated
    reason="Stopped after $seconds s."
  elif [ "$bytes" -ge "$max" ] && [ "$max" -gt 0 ]; then
    status=truncated
    reason="Cut off at $max bytes."
  elif [ "$code" -ne 0 ] && [ "$bytes" -eq 0 ]; then
    used=$((used - OVERHEAD_BYTES))
    drop_stored failed "Exit code $code, no output. $error_line"
  else
    status=collected
    reason=''
    if [ "$code" -ne 0 ]; then reason="Exit code $code. $error_line"; fi
  fi
  add_row "$1" "$2" '' "$stored" "$bytes" "$sum" "$status" "$reason"
}

# category seconds bytes command...: the output of one command.
run() {
  run_category=$1
  run_wish_seconds=$2
  run_wish_bytes=$3
  shift 3
  begin_row "$run_category" "$*" || return 0
  case $* in 'cat /proc/'*/exe) suffix=raw ;; *) suffix=txt ;; esac
  if ! command -v "$1" >/dev/null; then
    add_row "$run_category" "$*" '' '' '' '' absent "This machine has no $1."
    return 0
  fi
  fit_seconds "$run_wish_seconds"
  fit_bytes "$run_wish_bytes"
  stored=artifacts/$id.$suffix
  {
    run_for "$seconds" "$@" 2>"$folder/error"
    printf '%s\n' "$?" >"$folder/code"
  } | head -c "$max" >"$package/$stored"
  finish_command "$run_category" "$*"
}

# category seconds bytes source function...: the output of one of the list_ functions below, which mind $seconds themselves.
run_list() {
  list_category=$1
  list_wish_seconds=$2
  list_wish_bytes=$3
  list_source=$4
  shift 4
  begin_row "$list_category" "$list_source" || return 0
  fit_seconds "$list_wish_seconds"
  fit_bytes "$list_wish_bytes"
  stored=artifacts/$id.txt
  {
    "$@" 2>"$folder/error"
    printf '%s\n' "$?" >"$folder/code"
  } | head -c "$max" >"$package/$stored"
  finish_command "$list_category" "$list_source"
}

# --------------------------------------------------------------------------------------------------------- files

# Where dd can, a link is not followed, a FIFO not waited for, and (as root) the access time left alone.
open_flags=''
for flags in nofollow,nonblock,noatime nofollow,nonblock; do
  if dd if=/etc/passwd of=/dev/null "iflag=$flags,fullblock,skip_bytes" skip=0 count=1; then
    open_flags=$flags
    break
  fi
done

# path skip(bytes) blocks(of 64 KiB) -> its bytes on stdout.
if [ -n "$open_flags" ]; then
  read_bytes() { run_for "$seconds" dd "if=$1" "iflag=$open_flags,fullblock,skip_bytes" bs=65536 "skip=$2" "count=$3"; }
elif perl -MFcntl -e 'exit 0'; then
  # shellcheck disable=SC2016 # the variables are perl's
  read_bytes() {
    run_for "$seconds" perl -MFcntl -e '
      my $file;
      sysopen($file, $ARGV[0], O_RDONLY | O_NOFOLLOW | O_NONBLOCK) && -f $file && sysseek($file, $ARGV[1], 0) or exit 1;
      my $left = $ARGV[2];
      while ($left > 0) {
        my $count = sysread($file, my $part, $left < 65536 ? $left : 65536);
        defined $count or exit 1;
        last if $count == 0;
        for (my $done = 0; $done < $count;) {
          my $written = syswrite(STDOUT, $part, $count - $done, $done);
          defined $written or exit 1;
          $done += $written;
        }
        $left -= $count;
      }' "$1" "$2" $(($3 * 65536))
  }
else
  read_bytes() { run_for "$seconds" tail -c "+$(($2 + 1))" -- "$1" | head -c $(($3 * 65536)); }
fi

# A directory on the way is a link that root did not make: whoever owns it chooses what we would read.
goes_through_foreign_link() {
  way=''
  ahead=${1#/}
  while :; do
    case $ahead in */*) ;; *) return 1 ;; esac
    way=$way/${ahead%%/*}
    ahead=${ahead#*/}
    if [ -h "$way" ] && [ "$(print_owner "$way")" != 0 ]; then return 0; fi
  done
}

# path -> $status regular, with $identity, $size and $facts_json; or why it cannot be collected: $status and $reason.
inspect() {
  inspected=$1
  facts=$(print_facts "$inspected" 2>&1)
  inspect_code=$?
  reason=''
  case $facts in
    *': No such file or directory' | *': Not a directory' | *': File name too long') status=absent ;;
    *': Too many levels of symbolic links')
      status='not a regular file'
      reason='The path is a loop of links.'
      ;;
    *': Permission denied')
      status=unreadable
      reason='Permission denied.'
      ;;
    *': Operation not permitted')
      status=unreadable
      reason="Operation not permitted.$access_hint"
      ;;
    *) status='' ;;
  esac
  if [ "$inspect_code" -ne 0 ]; then
    if [ -z "$status" ]; then
      status=unreadable
      reason="stat ended with code $inspect_code."
    fi
    return 0
  fi
  # shellcheck disable=SC2086 # numbers only
  set -- $facts
  case $1 in
    8???) status=regular ;;
    a???)
      status='not a regular file'
      reason="A symbolic link to $(run_for 5 readlink -- "$inspected"), not followed."
      ;;
    4???) status='not a regular file' reason='A directory.' ;;
    1???) status='not a regular file' reason='A FIFO.' ;;
    c???) status='not a regular file' reason='A socket.' ;;
    *) status='not a regular file' reason='A device.' ;;
  esac
  identity=$2:$3
  size=$4
  born=${10}
  case $born in '' | 0 | *[!0-9]*) born=null ;; esac
  facts_json="{\"mode\":\"$1\",\"uid\":$5,\"gid\":$6,\"bytes\":$4,\"accessedSeconds\":$7,"
  facts_json="$facts_json\"modifiedSeconds\":$8,\"changedSeconds\":$9,\"bornSeconds\":$born}"
}

# A file of the kernel is no evidence, and reading it can have effects.
is_on_kernel_file_system() {
  [ "$system" != Darwin ] || return 1
  case $(run_for 10 stat -f -c %T -- "$1") in
    proc | sysfs | debugfs | tracefs | securityfs | cgroupfs | cgroup2fs | devpts | devtmpfs | pstorefs | bpf_fs | \
      configfs | selinux | selinuxfs | mqueue | binfmt_misc | efivarfs | nsfs | rpc_pipefs | hugetlbfs | futexfs) return 0 ;;
  esac
  return 1
}

# Hashes a file that is too large to keep, without keeping it: $sum, or empty when it cannot be read to its end in time.
hash_in_place() {
  sum=$({
    read_bytes "$1" 0 $((first_size / 65536 + 1))
    printf '%s\n' "$?" >"$folder/code"
  } | {
    read_sum
    printf '%s' "$sum"
  })
  read -r code <"$folder/code" || code=1
  if [ "$code" -ne 0 ]; then sum=''; fi
}

# path -> $physical, the folder of a file once the links that root made are followed; fails at a link of anybody else.
resolve_folder() {
  physical=''
  ahead=${1#/}
  while :; do
    case $ahead in */*) ;; *) break ;; esac
    physical=${physical%/}/${ahead%%/*}
    ahead=${ahead#*/}
    [ -h "$physical" ] || continue
    # That it is a link and whose it is comes from one look, as it may be swapped between two.
    # shellcheck disable=SC2046 # numbers only
    set -- $(print_facts "$physical")
    case ${1:-} in
      a???)
        [ "${5:-}" = 0 ] || return 1
        physical=$(cd -P "$physical" && pwd -P) || return 1
        ;;
    esac
  done
  physical=${physical:-/}
}

# Goes into the folder of a file, and sees that it is the one meant: whatever is swapped on the way after that leads nowhere.
# 1 for a folder that a link of somebody else leads to, 2 for one that cannot be entered.
enter_folder() {
  resolve_folder "$1" || return 1
  cd -P "$physical" || return 2
  entered=$(pwd -P && echo .)
  [ "$entered" = "$physical
." ]
}

# path target max(bytes) seconds part(whole or tail) -> $status and $reason; on collected or truncated $stored, $bytes, $sum.
copy_file() {
  enter_folder "$1"
  case $? in
    0) copy_entered "./${1##*/}" "$2" "$3" "$4" "$5" "$1" ;;
    2)
      inspect "$1"
      if [ "$status" = regular ]; then
        status=unreadable
        reason='Its folder could not be entered.'
        if is_on_kernel_file_system "$1"; then
          status='not a regular file'
          reason='A file of the kernel.'
        fi
      fi
      ;;
    *)
      status='not a regular file'
      reason='The path goes through a link that is not owned by root.'
      ;;
  esac
  cd "$folder" || exit 1
}

# The same for a file that is named from its own folder; its path is the last argument.
copy_entered() {
  inspect "$1"
  [ "$status" = regular ] || return 0
  if is_on_kernel_file_system "$1"; then
    status='not a regular file'
    reason='A file of the kernel.'
    return 0
  fi
  first_identity=$identity
  first_size=$size
  first_facts=$facts_json
  fit_seconds "$4"
  skip=0
  if [ "$size" -gt "$3" ]; then
    if [ "$5" = whole ]; then
      if [ "$size" -le "$MAX_HASHED_BYTES" ]; then hash_in_place "$1"; fi
      status='too large'
      reason="It has more than the $3 bytes there is room for."
      bytes=$first_size
      return 0
    fi
    skip=$((size - $3))
  fi
  stored=$2
  read_bytes "$1" "$skip" $(($3 / 65536 + 1)) >"$package/$stored"
  code=$?
  if is_code_of_stopped "$code"; then
    drop_stored unreadable "It could not be read within $seconds s."
    return 0
  elif [ "$code" -ne 0 ]; then
    drop_stored unreadable "It could not be opened or read.$access_hint"
    return 0
  fi
  # What was read is of the folder that was meant, even so: somebody swaps what is on the way.
  if goes_through_foreign_link "$6"; then
    drop_stored 'not a regular file' 'While it was copied, its path came to go through a link that is not owned by root.'
    return 0
  fi
  inspect "$1"
  facts_json=$first_facts
  if [ "$status" = regular ] && [ "$identity" != "$first_identity" ]; then
    drop_stored unreadable 'It was replaced while it was copied.'
    return 0
  fi
  settle_stored || return 0
  if [ "$5" = whole ] && [ "$bytes" -gt "$3" ]; then
    used=$((used - bytes - OVERHEAD_BYTES))
    drop_stored 'too large' 'It grew while it was copied.'
  elif [ "$status" != regular ]; then
    status=collected
    reason='It was removed or replaced after it was opened.'
  elif [ "$skip" -gt 0 ]; then
    status=truncated
    reason="The last part of $first_size bytes."
  elif [ "$bytes" -ne "$first_size" ] || [ "$size" -ne "$first_size" ]; then
    status=collected
    reason='It changed while it was copied.'
  else
    status=collected
    reason=''
  fi
}

# category bytes part path...: the files that are there, one row each.
collect_files() {
  files_category=$1
  files_wish_bytes=$2
  files_part=$3
  shift 3
  for file; do
    [ -e "$file" ] || [ -h "$file" ] || continue
    if [ -d "$file" ] && [ ! -h "$file" ]; then continue; fi
    begin_row "$files_category" "$file" || return 0
    fit_bytes "$files_wish_bytes"
    copy_file "$file" "artifacts/$id.raw" "$max" 20 "$files_part"
    add_row "$files_category" "$file" "$(printf '%s' "$file" | base64url_encode)" "$stored" "$bytes" "$sum" "$status" "$reason"
  done
}

# As collect_files, for files whose absence is worth a row.
collect_expected_files() {
  for expected; do
    if [ -e "$expected" ] || [ -h "$expected" ]; then
      collect_files "$expected_category" 262144 whole "$expected"
    else
      begin_row "$expected_category" "$expected" || return 0
      inspect "$expected"
      add_row "$expected_category" "$expected" "$(printf '%s' "$expected" | base64url_encode)" '' '' '' "$status" "$reason"
    fi
  done
}

# What was looked for and not found is a row as well: category, what, and how many rows there were before.
note_none() {
  [ "$id" -eq "$3" ] || return 0
  open_row "$1" "$2" || return 0
  add_row "$1" "$2" '' '' '' '' absent 'Nothing of it is on this machine.'
}

# category...: a row for each that has none.
note_missing_categories() {
  for category; do
    grep -q -F "\"category\":\"$category\"," "$folder/rows" || note_none "$category" "$category" "$id"
  done
}

# --------------------------------------------------------------------------------------------- the alert's own files

# $status, $sum and the alert's $expected_sum -> $verdict.
judge() {
  case $status in
    absent) verdict=gone ;;
    'too large') verdict='too large' ;;
    *)
      verdict='not comparable'
      if [ -z "$sum" ] || [ -z "$expected_sum" ]; then return 0; fi
      verdict=changed
      if [ "$sum" = "$expected_sum" ]; then verdict=same; fi
      ;;
  esac
}

# What a script tries when a file was not where the alert has it, or could not be read.
look_further() { :; }

# What a script adds in rows of their own, once a file of the request has its row.
add_related_rows() { :; }

# The row of what was found of a file of the request, and its answer.
settle_alert_file() {
  make_json_or_null "$expected_sum"
  request_json="{\"index\":$file_index,\"sha256\":$json,\"verdict\":\"$verdict\"}"
  add_row 'alert file' "$path" "$request_path" "$stored" "$bytes" "$sum" "$status" "$reason"
  request_json=null
  make_json_or_null "$sum"
  printf '{"path":"%s","status":"%s","verdict":"%s","sha256":%s,"bytes":%s}' \
    "$request_path" "$status" "$verdict" "$json" "${bytes:-null}" >"$folder/answers/$file_index.new"
  mv "$folder/answers/$file_index.new" "$folder/answers/$file_index"
}

collect_alert_file() {
  request_path=${request%%:*}
  expected_sum=${request#*:}
  # The mark keeps a line break at the end of a name.
  path=$(base64url_decode "$request_path" && printf .)
  path=${path%.}
  open_row 'alert file' "$path" || return 0
  status=''
  if [ "$(base64url_decode "$request_path" | tr -d '\000' | wc -c)" -ne "$(base64url_decode "$request_path" | wc -c)" ]; then
    status=skipped
    reason='The path holds a zero byte.'
  fi
  case $path in
    /*) ;;
    *) status=skipped reason='The path is not absolute.' ;;
  esac
  case $path/ in
    */../*) status=skipped reason='The path holds a .. part.' ;;
  esac
  if [ -z "$status" ]; then
    # What there is no room for is still hashed.
    fit_bytes "$limit_bytes"
    if [ "$max" -lt 0 ]; then max=0; fi
    copy_file "$path" "files/$file_index" "$max" 120 whole
  fi
  judge
  look_further
  settle_alert_file
  add_related_rows
}

collect_alert_files() {
  # What comes after keeps a quarter.
  artifact_limit=$((limit_bytes - limit_bytes / 4))
  file_index=0
  for request in $file_requests; do
    collect_alert_file
    file_index=$((file_index + 1))
  done
  artifact_limit=$limit_bytes
}

# ----------------------------------------------------------------------------------------------------------- pack

write_index() {
  make_plain "$(uname -n)"
  printf '{"v":1,"collection":"%s","session":%s,"limitBytes":%s,"limitSeconds":%s,' \
    "$collection" "$session" "$limit_bytes" "$limit_seconds"
  make_json_or_null "$script_sha256"
  printf '"script":{"name":"%s","sha256":%s},' "$SCRIPT" "$json"
  make_json_or_null "$boot_at"
  printf '"machine":{"name":"%s","utc":"%s","zone":"%s","bootAt":%s},' "$text" "$started_at" "$machine_zone" "$json"
  printf '"startedAt":"%s","endedAt":"%s",' "$started_at" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  # What of the evidence is our own doing.
  printf '"own":{"pid":%s,"parentPid":%s,"uid":%s,"folder":"%s","workerEnded":%s},' \
    "$$" "$PPID" "$own_uid" "$folder" "$worker_ended"
  printf '"rows":[\n'
  # A worker that was killed may have left half a row at the end.
  sed -n '/^{.*}$/p' "$folder/rows" | sed '$!s/$/,/'
  printf ']}\n'
}

# What a worker that was ended had not finished has no row and no hash.
remove_unfinished() {
  for unfinished in "$package"/artifacts/* "$package"/files/*; do
    grep -q -F "\"stored\":\"${unfinished#"$package/"}\"," "$folder/rows" || rm -f -- "$unfinished"
  done
}

pack() {
  [ "$worker_ended" = true ] || remove_unfinished
  write_index >"$package/index.json"
  read_clock
  fit=$((started_clock + limit_seconds - clock))
  if [ "$fit" -lt 3 ]; then fit=3; fi
  {
    run_for "$fit" tar -C "$package" -cf - index.json artifacts files
    printf '%s\n' "$?" >"$folder/code"
  } | gzip -c -4 >"$folder/packing"
  read -r code <"$folder/code" || code=1
  if [ "$code" -ne 0 ] || ! gzip -t <"$folder/packing"; then
    refuse "The archive could not be packed within $fit s (tar: $code). The disk may be full, or the machine too busy. Run it again."
  fi
  bytes=$(print_bytes "$folder/packing")
  [ "$bytes" -le "$limit_bytes" ] || refuse "The archive has $bytes bytes, more than the limit of $limit_bytes. Nothing was kept."
  read_sum <"$folder/packing"
  [ -n "$sum" ] || refuse 'This machine has no tool that computes SHA-256 (sha256sum, shasum or openssl). Nothing was kept.'
  mv "$folder/packing" "$archive" || refuse "$archive could not be written. Nothing was kept."
  items=$(grep -cE '"status":"(collected|truncated)","reason":' "$package/index.json")
  errors=$(grep -cE '"status":"(unreadable|failed|too large|skipped)","reason":' "$package/index.json")
  archive_json="{\"path\":\"$archive\",\"bytes\":$bytes,\"sha256\":\"$sum\"}"
}

# ------------------------------------------------------------------------------------------------------ detached
# Work longer than live response waits: the script copies itself into its folder, starts the copy in a session of its own
# and answers. The copy leaves its answer beside the archive, for evidence-harvest.sh.

phase=${EVIDENCE_PHASE:-}
unset -v EVIDENCE_PHASE

if command -v setsid >/dev/null; then
  run_in_own_session() { exec setsid "$@"; }
else
  # shellcheck disable=SC2016 # the variables are perl's
  run_in_own_session() { exec perl -MPOSIX -e 'POSIX::setsid(); exec { $ARGV[0] } @ARGV; exit 127' "$@"; }
fi

start_detached() {
  create_folder
  cat "$0" >"$folder/script" || refuse 'The script could not read itself, so it cannot go on detached. Nothing was started.'
  until_at=$(print_time $(($(date +%s) + limit_seconds)))
  printf '%s\n' "$until_at" >"$folder/until"
  (
    EVIDENCE_PHASE=detached
    export EVIDENCE_PHASE
    run_in_own_session sh "$folder/script" "$1" >"$folder/answer.new"
  ) &
  tries=0
  until [ -e "$folder/pid" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 50 ] || refuse 'The detached work did not start. Nothing was kept; run it without the option detached.'
    sleep 0.2 || sleep 1
  done
  detached_json=",\"detached\":{\"until\":\"$until_at\"}"
  # The folder is now the other's, who may end and clear it while this answers.
  created=no
  folder=''
  send_answer true null
  exit 0
}

# Takes over the folder that the start made.
enter_detached() {
  if [ -z "$(find "$expected_folder" -prune -type d -user "$own_uid" ! -perm -0001)" ] || [ ! -f "$expected_folder/answer.new" ] || [ -e "$expected_folder/pid" ]; then
    refuse 'There is no detached work to go on with. Send the request without EVIDENCE_PHASE in the environment.'
  fi
  folder=$expected_folder
  created=yes
  printf '%s\n' "$$" >"$folder/pid.new"
  mv "$folder/pid.new" "$folder/pid"
}

# ---------------------------------------------------------------------------------------------------- supervisor

# What this script does not know is said, as one may be meant for a later one.
collect_unknown_options() {
  for option in $options; do
    case " $OPTIONS detached " in *" $option "*) continue ;; esac
    open_row option "$option" || return 0
    add_row option "$option" '' '' '' '' skipped "This script does not know the option; it knows: ${OPTIONS:-none}."
  done
}

check_system() {
  case " $SYSTEMS " in *" $system "*) ;; *) refuse "This machine is not $SYSTEMS but ${system:-unknown}. Use the script for its system." ;; esac
  if [ "$system" = Linux ] && [ ! -r /proc/uptime ]; then
    refuse 'This machine has no /proc. Mount it, or collect by hand.'
  fi
}

start() {
  trap clean_up EXIT
  trap 'exit 0' HUP INT TERM
  describe_machine
  check_system
  [ $# -eq 1 ] || refuse "The script takes one argument, the request as base64url, and was given $#."
  parse_request "$1"

  read_clock
  started_clock=$clock
  # Packing has a fifth of the time.
  reserve=$((limit_seconds / 5))
  if [ "$reserve" -lt 4 ]; then reserve=4; fi
  if [ "$reserve" -gt 60 ]; then reserve=60; fi
  collect_until=$((started_clock + limit_seconds - reserve))
  own_uid=$(id -u)
  renice -n 15 -p $$ >/dev/null
  ionice -c 2 -n 7 -p $$

  if [ "$phase" = detached ]; then
    enter_detached
  else
    remove_stale_folders
    if has_option detached; then start_detached "$1"; fi
    create_folder
  fi
  fill_folder
  cd "$folder" || refuse "$folder could not be entered. Run the script again."
  fit_limit_to_disk
  # A backstop for what no other limit catches; bash counts 1,024 bytes a block, others 512.
  ulimit -f $((limit_bytes / 512 + 2048))

  work >/dev/null &
  worker=$!
  worker_ended=true
  while [ ! -e "$folder/done" ]; do
    read_clock
    if [ "$clock" -ge $((collect_until + 2)) ] || ! kill -0 "$worker"; then
      worker_ended=false
      break
    fi
    sleep 0.2 || sleep 1
  done
  if [ -e "$folder/done" ]; then
    worker_ended=true
    wait "$worker"
  else
    kill_tree "$worker"
  fi
  worker=''
  undo
  pack
  if [ "$phase" = detached ]; then write_summary; fi
  send_answer true null
  exit 0
}

# What the harvest repeats of this answer: a line for the archive's facts, and one for the files.
write_summary() {
  printf '%s %s %s\n' "$items" "$errors" "$script_sha256" >"$folder/summary"
  print_file_answers >>"$folder/summary"
}

# The worker.
work() {
  in_worker=yes
  collect_unknown_options
  collect
  : >"$folder/done"
}

# ===== end of the head =====

readonly SCRIPT=evidence-alerted-files.sh
readonly SYSTEMS='Linux Darwin'
readonly OPTIONS=restore-quarantine
# Of a file that is too large to keep: this much from its front, and from its end.
readonly END_BLOCKS=16

line_feed=$(printf '\n_')
line_feed=${line_feed%_}

# -------------------------------------------------------------------------------------------------------- running
# What a process runs or holds open can be read through /proc, also when its name is gone.

# How many processes of one file are told apart: should the first be gone or not be readable, the next may be.
readonly MAX_HOLDERS=4

# Once: $folder/held, a line for each process of such a file (link device:inode bytes links number), executables first.
list_held() {
  [ ! -e "$folder/held" ] || return 0
  : >"$folder/held"
  : >"$folder/deleted"
  : >"$folder/sums"
  [ "$system" = Linux ] || return 0
  fit_seconds 20
  {
    run_for "$seconds" find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -exec stat -L -c '%n %d:%i %s %h %f' {} +
    run_for "$seconds" find /proc -maxdepth 3 -path '/proc/[0-9]*/fd/*' ! -path "/proc/$$/*" -exec stat -L -c '%n %d:%i %s %h %f' {} + |
      awk '$4 == 0'
  } | awk -v most=$MAX_HOLDERS '$5 ~ /^8...$/ && ++seen[$2] <= most { if (++count <= 3000) print $1, $2, $3, $4, seen[$2] }' >"$folder/held"
  while read -r link _; do
    target=$(readlink "$link" && printf .)
    target=${target%.}
    target=${target%"$line_feed"}
    case $target in *' (deleted)') ;; *) continue ;; esac
    printf '%s %s\n' "$(printf '%s' "${target% (deleted)}" | base64url_encode)" "$link"
  done <"$folder/held" >"$folder/deleted"
}

# Once, and only when the alert has a hash that no path led to: the hashes of what is run, of 64 MiB each at most. What has
# no name any more comes first, then what is small; of each file one process, the next one only where that could not be read.
hash_held() {
  list_held
  [ ! -s "$folder/sums" ] || return 0
  holder=1
  fit_seconds 40
  while [ "$holder" -le $MAX_HOLDERS ]; do
    awk -v holder="$holder" '
      part == "sums" { sub(/^\*/, "", $2); hashed[$2] = 1; next }
      part == "links" { if ($1 in hashed) known[$2] = 1; next }
      $5 == holder && $3 <= 67108864 && !($2 in known) { print ($4 == 0 ? 0 : 1), $3, $1 }
    ' part=sums "$folder/sums" part=links "$folder/held" part=all "$folder/held" | sort -k1,1n -k2,2n | awk '{ print $3 }' >"$folder/list"
    if [ -s "$folder/list" ]; then hash_listed <"$folder/list" >>"$folder/sums"; fi
    holder=$((holder + 1))
    fit_seconds 10
  done
}

# -> $links, the files of /proc whose content has the alert's hash, at most eight, or empty.
find_held_by_sum() {
  links=''
  [ -n "$expected_sum" ] || return 0
  hash_held
  links=$(awk -v sum="$expected_sum" '
    part == "sums" { sub(/^\*/, "", $2); if ($1 == sum) found[$2] = 1; next }
    part == "links" { if ($1 in found) wanted[$2] = 1; next }
    ($2 in wanted) && ++count <= 8 { print $1 }
  ' part=sums "$folder/sums" part=links "$folder/held" part=all "$folder/held")
}

# -> $links, the files of /proc that had the path and were removed, at most eight, or empty.
find_held_by_path() {
  list_held
  links=$(awk -v path="$request_path" '$1 == path && ++count <= 8 { print $2 }' "$folder/deleted")
}

# target in the package, and the SHA-256 it must have or empty: as copy_held, by the first of $links that can be read;
# fails when there is none.
copy_first_held() {
  for link in $links; do
    copy_held "$1"
    if [ "$status" = 'too large' ]; then return 0; fi
    [ "$status" = collected ] || continue
    if [ -z "$2" ] || [ "$sum" = "$2" ]; then return 0; fi
    used=$((used - bytes - OVERHEAD_BYTES))
    drop_stored unreadable "Process $held_by has another file in use by now."
  done
  return 1
}

# target in the package -> $status and $reason, and $stored, $bytes, $sum as copy_file.
copy_held() {
  fit_bytes "$limit_bytes"
  if [ "$max" -lt 0 ]; then max=0; fi
  fit_seconds 60
  facts_json=null
  stored=$1
  {
    run_for "$seconds" cat "$link"
    printf '%s\n' "$?" >"$folder/code"
  } | head -c $((max + 1)) >"$package/$stored"
  read -r code <"$folder/code" || code=1
  held_by=${link#/proc/}
  held_by=${held_by%%/*}
  status=collected
  reason="Read from process $held_by, which has it in use."
  settle_stored || return 0
  if [ "$bytes" -gt "$max" ]; then
    used=$((used - bytes - OVERHEAD_BYTES))
    drop_stored 'too large' "Process $held_by has it in use; it has more than the $max bytes there is room for."
  elif [ "$code" -ne 0 ]; then
    used=$((used - bytes - OVERHEAD_BYTES))
    drop_stored unreadable "Process $held_by has it in use, but it could not be read."
  fi
}

# ----------------------------------------------------------------------------------------------------- quarantine

# -> $mdatp, Defender's command line tool; on macOS not by a path that a user may own.
find_mdatp() {
  mdatp=mdatp
  if [ "$system" = Darwin ]; then
    mdatp='/Applications/Microsoft Defender.app/Contents/MacOS/wdavdaemonclient'
    [ "$(print_owner "$mdatp")" = 0 ] || mdatp=mdatp
  fi
}

list_quarantine() {
  find_mdatp
  quarantine_list=''
  stored=''
  run defender 20 1048576 "$mdatp" threat quarantine list
  if [ -n "$stored" ]; then quarantine_list=$package/$stored; fi
}

# -> $threat, the id of the threat whose row in the list names exactly this path, or empty. Only an id of a safe form counts.
find_threat() {
  threat=''
  [ -n "$quarantine_list" ] || return 0
  threat=$(wanted=$path awk '
    { sub(/\r$/, ""); sub(/^[ \t]+/, ""); sub(/[ \t]+$/, "") }
    /^"?[Ii][Dd]"?[ \t]*:/ {
      id = $0
      sub(/^[^:]*:[ \t]*/, "", id)
      gsub(/[",]/, "", id)
      next
    }
    {
      value = $0
      if (value !~ /^["\/]/) sub(/^[A-Za-z ]+:[ \t]*/, "", value)
      if (value ~ /^".*"$/) value = substr(value, 2, length(value) - 2)
      if (value == ENVIRON["wanted"] && id ~ /^[A-Za-z0-9-]+$/ && id !~ /^-/ && length(id) <= 64) { print id; exit }
    }' "$quarantine_list")
}

# Defender would take the restored file away at once; so our folder is excluded, only while it is needed.
exclude_folder() {
  mkdir "$folder/restored"
  : >"$folder/excluded"
  run_for 20 "$mdatp" exclusion folder add --path "$folder/restored"
}

# Removes the exclusion and looks that it is gone. The supervisor does it again should the worker have failed, or been ended.
undo() {
  [ -n "$folder" ] && [ -e "$folder/excluded" ] || return 0
  find_mdatp
  run_timed 20 "$mdatp" exclusion folder remove --path "$folder/restored"
  rm -rf -- "$folder/restored"
  if listed=$(run_timed 20 "$mdatp" exclusion list); then
    case $listed in *"$folder/restored"*) ;; *)
      rm -f -- "$folder/excluded"
      return 0
      ;;
    esac
  fi
  [ "$in_worker" = no ] || return 0
  rm -f -- "$folder/excluded"
  id=$(($(grep -c '^{.*}$' "$folder/rows") + 1))
  facts_json=null
  add_row defender "$mdatp exclusion folder remove" '' '' '' '' failed \
    "The exclusion could not be seen to be gone. Run: mdatp exclusion folder remove --path $folder/restored"
}

# Two forms of one command: the newer first. What counts is the file, not what the tool says.
restore_threat() {
  mkdir "$folder/restored/$file_index" || return 0
  run_for 60 "$mdatp" threat quarantine restore threat-id --id "$threat" --destination-path "$folder/restored/$file_index"
  find_restored
  if [ -z "$restored" ] && [ ! -e "$path" ]; then
    run_for 60 "$mdatp" threat quarantine restore --id "$threat" --path "$folder/restored/$file_index"
    find_restored
  fi
}

find_restored() { restored=$(find "$folder/restored/$file_index" -type f -print | head -n 1); }

collect_quarantined() {
  find_threat
  [ -n "$threat" ] || return 0
  verdict=quarantined
  reason="It is in Defender's quarantine, threat $threat. Ask with the option restore-quarantine to have it."
  has_option restore-quarantine || return 0
  exclude_folder
  restore_threat
  if [ -n "$restored" ]; then
    fit_bytes "$limit_bytes"
    if [ "$max" -lt 0 ]; then max=0; fi
    copy_file "$restored" "files/$file_index" "$max" 60 whole
    reason="Restored from Defender's quarantine, threat $threat.${reason:+ $reason}"
  elif [ -e "$path" ]; then
    # It must not stay where it was found.
    run_for 60 "$mdatp" threat quarantine add --id "$threat"
    reason="Defender put threat $threat back to its path instead of our folder; it was told to quarantine it again."
  else
    reason="It is in Defender's quarantine, threat $threat, and could not be restored from it."
  fi
  undo
}

# -------------------------------------------------------------------------------------------------------- collect

look_further() {
  is_held=no
  case $status in collected | 'too large' | 'not a regular file') return 0 ;; esac
  first_status=$status
  first_reason=$reason
  is_held=yes
  find_held_by_path
  copy_first_held "files/$file_index" '' && judge && return 0
  tried=$links
  find_held_by_sum
  copy_first_held "files/$file_index" "$expected_sum" && judge && return 0
  is_held=no
  # What a process has is not gone, though it could not be read.
  if [ -z "$tried$links" ]; then
    status=$first_status
    reason=$first_reason
  fi
  judge
  case $status in absent | unreadable) collect_quarantined ;; esac
}

add_related_rows() {
  if [ "$status" = 'too large' ] && [ "$is_held" = no ]; then
    large_size=$first_size
    large_facts=$first_facts
    large_identity=$first_identity
    keep_end first 0
    if [ "$large_size" -gt $((END_BLOCKS * 65536)) ]; then keep_end last $((large_size - END_BLOCKS * 65536)); fi
  elif [ "$verdict" = changed ]; then
    keep_original
  fi
}

# first or last, skip(bytes): a part of a file that is too large.
keep_end() {
  begin_row 'alert file' "$path" || return 0
  fit_seconds 20
  fit_bytes $((END_BLOCKS * 65536))
  facts_json=$large_facts
  request_json="{\"index\":$file_index,\"sha256\":null,\"verdict\":\"$verdict\"}"
  if [ "$max" -lt $((END_BLOCKS * 65536)) ]; then
    add_row 'alert file' "$path" "$request_path" '' '' '' skipped 'The size limit was reached.'
    request_json=null
    return 0
  fi
  stored=artifacts/$id.raw
  code=1
  status=''
  if enter_folder "$path"; then
    read_bytes "./${path##*/}" "$2" $END_BLOCKS >"$package/$stored"
    code=$?
    inspect "./${path##*/}"
  fi
  cd "$folder" || exit 1
  facts_json=$large_facts
  if [ "$code" -ne 0 ] || [ "$status" != regular ] || [ "$identity" != "$large_identity" ]; then
    drop_stored unreadable 'It was replaced or could not be read when a part of it was copied.'
  elif settle_stored; then
    status=truncated
    reason="The $1 $bytes of $large_size bytes."
  fi
  add_row 'alert file' "$path" "$request_path" "$stored" "$bytes" "$sum" "$status" "$reason"
  request_json=null
}

# The path has other bytes than the alert saw; a process may still run those.
keep_original() {
  find_held_by_sum
  [ -n "$links" ] || return 0
  begin_row 'alert file' "${links%%"$line_feed"*}" || return 0
  copy_first_held "artifacts/$id.raw" "$expected_sum"
  judge
  request_json="{\"index\":$file_index,\"sha256\":\"$expected_sum\",\"verdict\":\"$verdict\"}"
  add_row 'alert file' "$link" "$(printf '%s' "$link" | base64url_encode)" "$stored" "$bytes" "$sum" "$status" "$reason"
  request_json=null
}

collect() {
  artifact_limit=$limit_bytes
  list_quarantine
  collect_alert_files
  if [ "$system" = Darwin ]; then
    open_row 'alert file' 'running executables' || return 0
    add_row 'alert file' 'running executables' '' '' '' '' absent 'macOS has no /proc: what was removed while it runs cannot be read.'
  fi
}

start "$@"
