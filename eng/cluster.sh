#!/usr/bin/env bash
# A whole cluster as processes on this machine's loopback: redis-server, silos, API processes, nginx.
#
#   eng/cluster.sh start  [DIRECTORY]            builds nothing: first "dotnet build -c Release"
#   eng/cluster.sh status [DIRECTORY]
#   eng/cluster.sh restart [DIRECTORY] NAME      one process, taken out of nginx first (names: see status)
#   eng/cluster.sh stop   [DIRECTORY]            stops only what start started, by process id
#
# DIRECTORY (default: data/cluster) holds everything: Redis's data, the keys that were made, ports, logs, process ids.
# Settings come from .env of the working directory and from the environment; these are the script's own:
#   SILOS=2 APIS=2         how many
#   NGINX_PORT=8088        where clients come in
#   BASE_PORT=17000        the others: +0 Redis, +10.. silo, +30.. gateway, +50.. silo HTTP, +70.. API HTTP
#   CONFIGURATION=release  which build; BIN=DIRECTORY takes the two programs from there
#   START_WITHIN=60        seconds that one process may take to be ready
#   LEAVE_WITHIN=60        seconds that "restart" waits for the last reply of an API process before it stops it all the same
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command=${1:-help}
state=${2:-data/cluster}
SILOS=${SILOS:-2} APIS=${APIS:-2} BASE_PORT=${BASE_PORT:-17000} START_WITHIN=${START_WITHIN:-60} LEAVE_WITHIN=${LEAVE_WITHIN:-60}

fail() { echo "cluster.sh: $*" >&2; exit 1; }
say() { echo "$*"; }

# When a process began, so that its id is not mistaken for that of another one that got it later.
began() { ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' ' '; }

alive() {
  local file=$state/$1.pid
  [ -s "$file" ] || return 1
  local pid time
  { read -r pid && read -r time; } <"$file"
  [ "$(began "$pid")" = "$time" ] && [ -n "$time" ]
}

pid_of() { head -n 1 "$state/$1.pid"; }

names() { (cd "$state" 2>/dev/null && ls -- *.pid 2>/dev/null | sed 's/\.pid$//') || true; }

# launch NAME COMMAND...: runs it in the background, in a session of its own, with its log in NAME.log.
launch() {
  local name=$1
  shift
  setsid "$@" >>"$state/$name.log" 2>&1 </dev/null &
  local pid=$!
  { echo "$pid"; began "$pid"; } >"$state/$name.pid"
}

# wait_for NAME COMMAND...: until the command succeeds, the process ends, or the time is up.
wait_for() {
  local name=$1 end=$((SECONDS + START_WITHIN))
  shift
  until "$@" >/dev/null 2>&1; do
    alive "$name" || { tail -n 20 "$state/$name.log" >&2; fail "$name ended at its start; its log is $state/$name.log"; }
    [ $SECONDS -lt $end ] || { tail -n 20 "$state/$name.log" >&2; fail "$name is not ready after $START_WITHIN s; its log is $state/$name.log"; }
    sleep 0.2
  done
}

end() {
  local name=$1 end=$((SECONDS + 75))
  if alive "$name"; then
    local signal=TERM
    [ "$name" != nginx ] || signal=QUIT
    kill -"$signal" "$(pid_of "$name")" 2>/dev/null || true
    while alive "$name" && [ $SECONDS -lt $end ]; do sleep 0.1; done
    if alive "$name"; then
      say "$name did not end within 75 s and is killed"
      kill -KILL "$(pid_of "$name")" 2>/dev/null || true
    fi
  fi
  rm -f "$state/$name.pid"
}

port_of() {
  local kind=${1%-*} number=${1##*-}
  case $1 in
    nginx) echo "$NGINX_PORT" ;;
    redis) echo "$BASE_PORT" ;;
    *) case $kind in silo) echo $((BASE_PORT + 50 + number)) ;; api) echo $((BASE_PORT + 70 + number)) ;; esac ;;
  esac
}

program() {
  local bin=${BIN:-$root/artifacts/bin} name=FlowGpt.$1 file
  for file in "$bin/$1/${CONFIGURATION:-release}/$name" "$bin/$1/$name" "$bin/$name"; do
    if [ -x "$file" ]; then echo "$file" && return; fi
  done
  fail "there is no $name in $bin. Build it with: dotnet build -c Release $root/FlowGptCluster.sln"
}

need() {
  local missing=()
  for name in "$@"; do
    PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$name" >/dev/null || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] || fail "not installed: ${missing[*]}. Install with: apt-get install ${missing[*]}"
}

well() { "$1" --health "http://127.0.0.1:$2/health/ready"; }
redis_answers() { [ "$(REDISCLI_AUTH=$(redis_password) redis-cli -p "$BASE_PORT" ping 2>/dev/null)" = PONG ]; }
redis_password() { sed 's/^requirepass //' "$state/redis.password.conf"; }
nginx_answers() { "$api" --health "http://127.0.0.1:$NGINX_PORT/health/proxy"; }

# One line of .env, as the product reads it.
from_dotenv() { [ ! -f .env ] || sed -n "s/^ *\(export \)\{0,1\}$1 *= *//p" .env | tail -n 1 | tr -d "\"'"; }

random() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

make_keys() {
  local name
  for name in API_MASTER_KEY ADMIN_API_KEY; do
    [ -z "${!name:-}" ] && [ -z "$(from_dotenv "$name")" ] || continue
    if [ ! -s "$state/$name" ]; then
      (umask 077 && echo "sk-fgc-$(random)" >"$state/$name")
    fi
    export "$name=$(cat "$state/$name")"
  done
}

# The two files that differ from place to place; NAME is left out of service.
write_site() {
  local down=${1:-} i
  {
    for ((i = 1; i <= APIS; i++)); do
      local mark=""
      [ "api-$i" != "$down" ] || mark=" down"
      echo "server 127.0.0.1:$(port_of "api-$i") max_fails=1 fail_timeout=2s$mark;"
    done
  } >"$state/nginx/site/upstream.conf"
  echo "listen 127.0.0.1:$NGINX_PORT;" >"$state/nginx/site/server.conf"
}

make_certificates() { "$silo" --make-certificates "$state/tls" >/dev/null; }

start_redis() {
  mkdir -p "$state/redis"
  [ -s "$state/redis.password.conf" ] || (umask 077 && echo "requirepass $(random)" >"$state/redis.password.conf")
  launch redis redis-server "$root/deploy/redis/redis.conf" --bind 127.0.0.1 --port "$BASE_PORT" --dir "$state/redis" \
    --include "$state/redis.password.conf"
  wait_for redis redis_answers
}

start_silo() {
  local number=${1#silo-}
  launch "$1" env CLUSTER_TLS="$state/tls/silo" \
    REDIS_CONNECTION="127.0.0.1:$BASE_PORT" REDIS_PASSWORD="$(redis_password)" ASPNETCORE_URLS="http://127.0.0.1:$(port_of "$1")" \
    FlowGpt__Silo__Api=false \
    FlowGpt__Silo__AdvertisedAddress=127.0.0.1 FlowGpt__Silo__SiloPort=$((BASE_PORT + 10 + number)) \
    FlowGpt__Silo__GatewayPort=$((BASE_PORT + 30 + number)) "$silo"
  wait_for "$1" well "$silo" "$(port_of "$1")"
}

start_api() {
  launch "$1" env CLUSTER_TLS="$state/tls/api" REDIS_CONNECTION="127.0.0.1:$BASE_PORT" REDIS_PASSWORD="$(redis_password)" \
    ASPNETCORE_URLS="http://127.0.0.1:$(port_of "$1")" "$api"
  wait_for "$1" well "$api" "$(port_of "$1")"
}

start_nginx() {
  mkdir -p "$state/nginx/site"
  ln -sf "$root/deploy/nginx/nginx.conf" "$root/deploy/nginx/errors.conf" "$state/nginx/"
  write_site
  # As root nginx would give its work to a user who may not enter this directory.
  local user=()
  [ "$(id -u)" != 0 ] || user=(-g "user root;")
  launch nginx nginx -e stderr -p "$state/nginx/" -c "$state/nginx/nginx.conf" "${user[@]}"
  wait_for nginx nginx_answers
}

# Whether a worker of nginx, by its process id, may still take new requests.
takes_requests() { case $(ps -o args= -p "$1" 2>/dev/null) in "" | *"shutting down"*) return 1 ;; esac; }

# Connections that lead to a port of this machine.
connections_to() {
  awk -v port="$(printf ':%04X' "$1")" 'substr($3, length($3) - 4) == port && $4 == "01"' /proc/net/tcp /proc/net/tcp6 2>/dev/null | wc -l
}

# Takes an API process out of nginx and returns when nothing uses it any more. A stop before that would close connections into which
# nginx may just be writing a request, which it could not send again.
leave() {
  local name=$1 end=$((SECONDS + LEAVE_WITHIN)) workers worker
  workers=$(ps -o pid= --ppid "$(pid_of nginx)" 2>/dev/null || true)
  write_site "$name"
  kill -HUP "$(pid_of nginx)"
  for worker in $workers; do
    while takes_requests "$worker" && [ $SECONDS -lt $end ]; do sleep 0.1; done
  done
  while [ "$(connections_to "$(port_of "$name")")" != 0 ]; do
    if [ $SECONDS -ge $end ]; then
      say "$name still has connections after $LEAVE_WITHIN s and is stopped now; it ends what it has by itself"
      break
    fi
    sleep 0.1
  done
}

start_one() {
  case $1 in
    redis) start_redis ;;
    silo-*) start_silo "$1" ;;
    api-*) start_api "$1" ;;
    nginx) start_nginx ;;
    *) fail "there is no process $1" ;;
  esac
}

absolute() { mkdir -p "$state" && state=$(cd "$state" && pwd); }

# What a start was told holds for every command that follows it.
remember() {
  local name
  for name in SILOS APIS BASE_PORT NGINX_PORT silo api; do printf '%s=%q\n' "$name" "${!name}"; done >"$state/settings"
}

recall() {
  [ -s "$state/settings" ] || fail "$state has no cluster. Start one with: eng/cluster.sh start $state"
  # shellcheck disable=SC1091
  source "$state/settings"
}

PATH=$PATH:/usr/sbin:/usr/local/sbin
case $command in
  start)
    need redis-server redis-cli nginx setsid
    absolute
    [ -z "$(names)" ] || fail "$state has a cluster already. Stop it with: eng/cluster.sh stop $state"
    NGINX_PORT=${NGINX_PORT:-$(from_dotenv NGINX_PORT)}
    NGINX_PORT=${NGINX_PORT:-8088}
    silo=$(program Silo) api=$(program ApiFrontend)
    make_keys
    make_certificates
    remember
    trap '[ $? = 0 ] || { for name in $(names); do end "$name"; done; }' EXIT
    all=(redis)
    for ((i = 1; i <= SILOS; i++)); do all+=("silo-$i"); done
    for ((i = 1; i <= APIS; i++)); do all+=("api-$i"); done
    for name in "${all[@]}" nginx; do
      start_one "$name"
      say "$name is ready on port $(port_of "$name")"
    done
    say "The cluster answers on http://127.0.0.1:$NGINX_PORT"
    [ ! -s "$state/API_MASTER_KEY" ] || say "API key: $(cat "$state/API_MASTER_KEY")  (generated, kept in $state/API_MASTER_KEY)"
    ;;
  status)
    absolute
    recall
    down=0
    for name in $(names); do
      if alive "$name"; then say "$name  runs  process $(pid_of "$name")  port $(port_of "$name")"; else say "$name  has ended, its log is $state/$name.log" && down=1; fi
    done
    [ -n "$(names)" ] || { say "nothing runs" && down=1; }
    exit $down
    ;;
  restart)
    name=${3:-}
    [ -n "$name" ] || fail "which one? eng/cluster.sh restart $state NAME, with a name from: eng/cluster.sh status $state"
    absolute
    recall
    [ -e "$state/$name.pid" ] || fail "there is no process $name in $state"
    make_keys
    case $name in
      api-*)
        leave "$name"
        end "$name"
        start_one "$name"
        write_site
        kill -HUP "$(pid_of nginx)"
        ;;
      *)
        end "$name"
        start_one "$name"
        ;;
    esac
    say "$name is ready on port $(port_of "$name")"
    ;;
  stop)
    absolute
    recall
    # In the order in which they depend on each other.
    for name in nginx $(names | grep '^api-' || true) $(names | grep '^silo-' || true) redis; do
      [ ! -e "$state/$name.pid" ] || { end "$name" && say "$name has ended"; }
    done
    ;;
  *)
    sed -n '2,/^set /p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'
    [ "$command" = help ] || exit 2
    ;;
esac
