#!/usr/bin/env bash
# Pins the images that the deployments take from registries: asks each registry which image a tag names now, and writes its digest behind the tag.
#
#   eng/pin-images.sh           writes digests; run again, it writes those that are right now
#   eng/pin-images.sh --check   changes nothing, prints what is not pinned, and fails when anything is not
#
# Images that are built from this repository (flowgpt-*) and those of registry.example.com are left alone.
#   REGISTRY=http://127.0.0.1:5000   asks this address in the place of every registry
#   FILES="a b"                      in the place of the files of this repository
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
files=${FILES:-"$root/docker-compose.yml $root/deploy/Dockerfile $root/deploy/kubernetes/redis.yaml $root/deploy/helm/flowgpt/values.yaml"}
accept='application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'

fail() { echo "pin-images.sh: $*" >&2; exit 1; }

# images FILE: the images that are named in it, each once.
images() {
  sed -nE 's/^ *(- )?image: *"?([^" ]+)"? *$/\2/p; s/^FROM +(--platform=[^ ]+ +)?([^ ]+[:@][^ ]+)( .*)?$/\2/p' "$1" |
    grep -Ev '^(flowgpt-|registry\.example\.com/|\{)' | sort -u
}

# place IMAGE: the registry's address and the repository in it.
place() {
  local name=$1 first=${1%%/*}
  case $name in
    */*) case $first in *.*|*:*|localhost) echo "https://$first ${name#*/}" ;; *) echo "https://registry-1.docker.io $name" ;; esac ;;
    *) echo "https://registry-1.docker.io library/$name" ;;
  esac
}

# header NAME: of an answer on standard input, its last value.
header() { tr -d '\r' | sed -nE "s/^$1: *(.*)$/\1/Ip" | tail -n 1; }

# ask ADDRESS [curl's arguments]: the headers of the answer.
ask() {
  local address=$1
  shift
  curl -sS --max-time 30 --retry 2 -I -H "Accept: $accept" "$@" "$address"
}

# digest NAME TAG
digest() {
  local registry repository answer challenge realm service token
  read -r registry repository <<<"$(place "$1")"
  registry=${REGISTRY:-$registry}
  local address=$registry/v2/$repository/manifests/$2
  answer=$(ask "$address") || fail "$registry cannot be reached"
  challenge=$(header www-authenticate <<<"$answer")
  if [ -n "$challenge" ]; then
    realm=$(sed -nE 's/.*realm="([^"]+)".*/\1/p' <<<"$challenge")
    service=$(sed -nE 's/.*service="([^"]+)".*/\1/p' <<<"$challenge")
    token=$(curl -sS --max-time 30 --retry 2 -G --data-urlencode "service=$service" --data-urlencode "scope=repository:$repository:pull" "$realm" |
      sed -nE 's/.*"(token|access_token)" *: *"([^"]+)".*/\2/p')
    [ -n "$token" ] || fail "$realm gave no token for $repository"
    answer=$(ask "$address" -H "Authorization: Bearer $token") || fail "$registry cannot be reached"
  fi
  local found
  found=$(header docker-content-digest <<<"$answer")
  [[ $found =~ ^sha256:[0-9a-f]{64}$ ]] || fail "$registry does not tell the digest of $1:$2 ($(head -n 1 <<<"$answer" | tr -d '\r'))"
  echo "$found"
}

unpinned=0
for file in $files; do
  while read -r image; do
    [ -n "$image" ] || continue
    if [ "${1:-}" = --check ]; then
      case $image in *@sha256:*) ;; *) echo "$file: $image is not pinned" && unpinned=1 ;; esac
      continue
    fi
    tagged=${image%@*}
    name=${tagged%:*} tag=${tagged##*:}
    [ "$name" != "$tagged" ] || fail "$file: $image has no tag"
    pinned=$tagged@$(digest "$name" "$tag") || exit 1
    if [ "$image" != "$pinned" ]; then
      escaped=$(sed 's/[.[\*^$/]/\\&/g' <<<"$image")
      sed -i -E "/image:|FROM/s/$(sed 's/[+?(){}|]/\\&/g' <<<"$escaped")([\" ]|\$)/$(sed 's/[\/&]/\\&/g' <<<"$pinned")\1/" "$file"
      echo "$file: $pinned"
    fi
  done < <(images "$file")
done
[ $unpinned = 0 ] || fail "pin them with eng/pin-images.sh"
