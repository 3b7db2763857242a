#!/usr/bin/env bash
# Tries the shipped containers: builds both images by deploy/Dockerfile, starts docker-compose.yml, chats through nginx, restarts each API process and each silo under load,
# and takes all of it down and up again with the data kept. Needs Docker 25 with Compose and Buildx. Ends with 0 when all of it was right, 77 when it cannot be tried here.
#
#   eng/containers.sh                try it
#   STAND_INS=1 eng/containers.sh    where no image registry is reached: base images that are missing are made of this machine's .NET, Redis, BusyBox and nginx (1.27.3 or later;
#                                    NGINX_ROOT names a directory with an unpacked one)
#   SKIP_BUILD=1                     with the images that are there
set -euo pipefail
cd "$(dirname "$0")/.."
project=flowgpt-try
port=${NGINX_PORT:-18088}
key=sk-fgc-$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
work=$(mktemp -d)

cannot() { echo "cannot be tried here: $1" >&2; exit 77; }
say() { printf '%s %s\n' "$(date +%T)" "$*"; }
wrong() { say "WRONG: $*" >&2; compose ps -a >&2 || true; compose logs --tail 20 >&2 || true; exit 1; }
compose() { docker compose -p "$project" --project-directory "$work" -f "$work/docker-compose.yml" -f "$work/try.yml" "$@"; }

command -v docker >/dev/null || cannot "there is no docker"
docker compose version >/dev/null 2>&1 || cannot "docker has no compose plugin"
docker buildx version >/dev/null 2>&1 || cannot "docker has no buildx plugin"
timeout 20 docker info >/dev/null 2>&1 || cannot "no Docker engine answers"
command -v curl >/dev/null || cannot "there is no curl"

# --- Stand-ins for base images ------------------------------------------------------------------------------------------
libraries() { for file in "$@"; do ldd "$file" 2>/dev/null | grep -o '/[^ )]*' || true; done | sort -u; }
put() { local root=$1 file; shift; for file in "$@"; do mkdir -p "$root$(dirname "$file")"; cp -Lf "$file" "$root$file"; done; }
bare() { mkdir -p "$1"/{bin,etc,tmp,usr/bin,usr/sbin}; chmod 1777 "$1/tmp"; printf 'root:x:0:0::/root:/sbin/nologin\n%s:x:%s:%s::/:/sbin/nologin\n' "$2" "$3" "$4" > "$1/etc/passwd"; printf 'root:x:0:\n%s:x:%s:\n' "$2" "$4" > "$1/etc/group"; }
shell_of() { local applet; cp "$(command -v busybox)" "$1/bin/busybox"; for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -sf busybox "$1/bin/$applet"; done; }
import() { local root=$1 image=$2; shift 2; tar -C "$root" --numeric-owner -c . | docker import "$@" - "$image" >/dev/null; say "made a stand-in for $image"; }

make_dotnet() {
  local root=$work/dotnet home; home=$(dirname "$(readlink -f "$(command -v dotnet)")")
  bare "$root" app 1654 1654
  put "$root" $(libraries "$home/dotnet" "$home"/shared/Microsoft.NETCore.App/*/*.so) /lib64/ld-linux-x86-64.so.2 /etc/ssl/certs/ca-certificates.crt \
    /lib/x86_64-linux-gnu/lib{ssl,crypto}.so.3 /lib/x86_64-linux-gnu/libz.so.1 /usr/lib/x86_64-linux-gnu/libicu{uc,i18n,data}.so.??
  mkdir -p "$root/usr/share/dotnet" "$root/usr/lib/ssl" "$root/root"; cp -a /usr/share/zoneinfo "$root/usr/share/"
  ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
  if [ "$2" = sdk ]; then shell_of "$root"; cp -a "$home/." "$root/usr/share/dotnet/"; else cp -a "$home"/{dotnet,host,shared} "$root/usr/share/dotnet/"; fi
  import "$root" "$1" --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' --change 'ENV DOTNET_ROOT=/usr/share/dotnet'
  rm -rf "$root"
}

make_redis() {
  local root=$work/redis
  bare "$root" redis 999 1000; shell_of "$root"
  put "$root" /usr/bin/redis-server /usr/bin/redis-cli $(libraries /usr/bin/redis-server /usr/bin/redis-cli)
  mkdir -p "$root/data"; chown 999:1000 "$root/data"
  import "$root" "$1" --change 'WORKDIR /data'
}

make_nginx() {
  local root=$work/nginx
  bare "$root" nginx 101 101
  if [ -n "${NGINX_ROOT:-}" ]; then
    rm -rf "${root:?}"/{bin,usr}; cp -a "$NGINX_ROOT/." "$root/"
    for folder in bin lib sbin lib64; do [ -e "$root/$folder" ] || ln -s "usr/$folder" "$root/$folder"; done
    mkdir -p "$root/usr/bin"
  else
    put "$root" "$(command -v nginx)" $(libraries "$(command -v nginx)")
  fi
  shell_of "$root"
  import "$root" "$1"
}

bases() { { sed -n 's/^FROM \(--platform=[^ ]* \)\?\([^ ]*[:/][^ ]*\).*/\2/p' deploy/Dockerfile; sed -n 's/^    image: \(\(nginx\|redis\):[^ ]*\)$/\1/p' docker-compose.yml; } | sort -u; }
for image in $(bases); do
  if docker image inspect "$image" >/dev/null 2>&1 || [ -z "${STAND_INS:-}" ]; then continue; fi
  case $image in
    */dotnet/sdk:*) make_dotnet "$image" sdk ;;
    */dotnet/aspnet:*) make_dotnet "$image" runtime ;;
    nginx:*) make_nginx "$image" ;;
    redis:*) make_redis "$image" ;;
    *) cannot "no stand-in is known for $image" ;;
  esac
done

# --- Images -------------------------------------------------------------------------------------------------------------
for target in silo api; do
  if [ -z "${SKIP_BUILD:-}" ]; then
    say "builds flowgpt-$target"
    docker build -q --network host -f deploy/Dockerfile --target "$target" -t "flowgpt-$target:0.1.0" . >/dev/null
  fi
  docker image inspect "flowgpt-$target:0.1.0" >/dev/null 2>&1 || cannot "there is no image flowgpt-$target"
done

# --- The compose file, with one more container as its upstream: the silo's image alone, which is the whole product with its simulator --------------------------------------
cp -r docker-compose.yml "$work/"; mkdir -p "$work/deploy"; cp -r deploy/nginx deploy/redis deploy/observability "$work/deploy/"; cp -r config "$work/config"
printf 'OPENAI_API_KEY=%s\nOPENAI_BASE_URL=http://upstream:8080/v1\nNGINX_PORT=%s\n' "$key" "$port" > "$work/.env"
cat > "$work/try.yml" <<YAML
services:
  upstream:
    image: flowgpt-silo:0.1.0
    read_only: true
    cap_drop: [ALL]
    environment: { API_MASTER_KEY: "$key", ADMIN_API_KEY: "$key-admin" }
    tmpfs: ["/tmp:size=64m,mode=1777", "/data:size=64m,uid=1654,gid=1654,mode=0700"]
    networks: [cluster]
  silo:
    depends_on:
      upstream: { condition: service_healthy }
YAML
clean() { compose down -v --remove-orphans -t 5 >/dev/null 2>&1 || true; rm -rf "$work"; }
trap clean EXIT
up() { compose up -d --no-build --wait --wait-timeout 150 >"$work/up.log" 2>&1 || { cat "$work/up.log" >&2; wrong "not everything became healthy"; }; }
ask() { curl -s -m 30 -o "$work/answer.$1" -w '%{http_code}' "http://localhost:$port$2" -H "Authorization: Bearer $client" -H 'content-type: application/json' "${@:3}"; }
chat() { ask "$1" /v1/chat/completions -d '{"model":"gpt-4-free","messages":[{"role":"user","content":"Say exactly: hello"}]}'; }

say "starts"
up
say "all healthy"
for container in $(compose ps -q); do
  docker inspect -f '{{.Name}} {{.Config.User}} {{.HostConfig.ReadonlyRootfs}}' "$container" | grep -Eq ' [1-9][0-9]*:[1-9][0-9]* true$' || wrong "$container is root or can be written"
done
client=$(compose run --rm --no-deps -T keys 'sed -n s/^API_MASTER_KEY=//p /data/.env' 2>/dev/null)
code=$(chat first); [ "$code" = 200 ] || wrong "the first chat got $code: $(cat "$work/answer.first")"
grep -q hello "$work/answer.first" || wrong "the reply is not the upstream's"
code=$(ask stored /v1/responses -d '{"model":"gpt-4-free","input":"Say exactly: kept","store":true}'); [ "$code" = 200 ] || wrong "storing got $code"
stored=$(sed -n 's/.*"id": *"\(resp_[^"]*\)".*/\1/p' "$work/answer.stored" | head -n 1)

say "restarts one at a time under load"
: > "$work/codes"
# Slower than the limits of the simulator's accounts.
load() { while [ ! -e "$work/stop" ]; do printf '%s\n' "$(chat "load$1")" >> "$work/codes"; sleep 2; done; }
workers=()
for worker in 1 2 3 4; do load "$worker" & workers+=($!); done
for service in api silo; do
  for container in $(compose ps -q "$service"); do
    docker restart -t 75 "$container" >/dev/null
    for _ in $(seq 120); do [ "$(docker inspect -f '{{.State.Health.Status}}' "$container")" = healthy ] && break; sleep 1; done
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$container")" = healthy ] || wrong "$service did not become healthy again"
    sleep 3
  done
done
touch "$work/stop"; wait "${workers[@]}"
requests=$(wc -l < "$work/codes"); failed=$(grep -vc '^200$' "$work/codes" || true)
say "$requests requests, $failed failed"
[ "$failed" = 0 ] && [ "$requests" -gt 20 ] || wrong "requests failed while processes were restarted: $(sort "$work/codes" | uniq -c | tr '\n' ' ')"

say "takes all down and up"
compose down -t 75 >/dev/null 2>&1
up
code=$(ask kept "/v1/responses/$stored"); [ "$code" = 200 ] || wrong "the stored response is gone: $code"
grep -q kept "$work/answer.kept" || wrong "the stored response is another"
say "right: both images, all healthy, $requests requests over 4 restarts, data kept"
