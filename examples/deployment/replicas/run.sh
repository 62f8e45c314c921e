#!/usr/bin/env bash
# Three replicas of the quick start that share their sessions in Redis, behind nginx, all on the loopback interface.
#
#   run.sh start     builds and starts everything; nginx listens on port 8100 (PORT), the rest on the ports after it
#   run.sh stop      ends everything, replicas first
#   run.sh check     on free ports: starts, holds one conversation over all replicas, kills one meanwhile, stops
#
# Files and process ids are in ${TMPDIR:-/tmp}/alphora-replicas-PORT, which `stop` removes.
# Needs: cargo, redis-server, nginx, curl.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
port=${PORT:-8100}

# Ports and folder of this set of replicas, from its first port.
place() {
  port=$1
  folder=${TMPDIR:-/tmp}/alphora-replicas-$port
  redis=$((port + 4))
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_for NAME COMMAND..: until the command succeeds, for at most ten seconds.
wait_for() {
  local name=$1 tries=0
  shift
  until "$@"; do
    if [ $((tries += 1)) -gt 100 ]; then
      echo "$name does not come up; see $folder" >&2
      return 1
    fi
    sleep 0.1
  done
}

is_ready() { curl -sf --max-time 2 -o /dev/null "127.0.0.1:$1/ready"; }

answers_ping() { (exec 3<>"/dev/tcp/127.0.0.1/$redis" && printf 'PING\r\n' >&3 && read -r -t 2 line <&3 && [[ $line == +PONG* ]]) 2>/dev/null; }

# run NAME COMMAND..: in the background, with its log and process id in the folder.
run() {
  local name=$1
  shift
  "$@" </dev/null >>"$folder/$name.log" 2>&1 &
  echo $! >"$folder/$name.pid"
}

start_replica() {
  local number=$1
  run "replica-$number" env -C "$folder" \
    ALPHORA_ADDR="127.0.0.1:$((port + number))" ALPHORA_SESSION_STORE="redis://127.0.0.1:$redis/" "$binary"
}

start() {
  if [ -e "$folder" ]; then
    echo "$folder is there already: run.sh stop" >&2
    return 1
  fi
  cargo build -q --manifest-path "$here/../../../Cargo.toml" -p alphora-examples --example quick_start --features alphora/redis
  binary=$(cargo metadata --manifest-path "$here/../../../Cargo.toml" --format-version 1 --no-deps \
    | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/examples/quick_start
  mkdir -p "$folder"
  # What was acknowledged is on the disk; when the memory is full a turn is refused, and no session is thrown out.
  run redis redis-server --port "$redis" --bind 127.0.0.1 --dir "$folder" --save '' \
    --appendonly yes --appendfsync always --maxmemory 256mb --maxmemory-policy noeviction
  wait_for Redis answers_ping
  local number
  for number in 1 2 3; do start_replica "$number"; done
  for number in 1 2 3; do wait_for "replica $number" is_ready "$((port + number))"; done
  sed -e "s,@NGINX@,$port,; s,@FIRST@,$((port + 1)),; s,@SECOND@,$((port + 2)),; s,@THIRD@,$((port + 3))," \
    -e "s,@PROXY@,$here/../nginx/proxy.conf," "$here/nginx.conf" >"$folder/nginx.conf"
  run nginx nginx -p "$folder" -c nginx.conf -e error.log
  wait_for nginx is_ready "$port"
  echo "three replicas behind http://127.0.0.1:$port"
}

# end NAME [SIGNAL]: ends what was started under this name, and waits until it is gone.
end() {
  local pid tries=0
  [ -e "$folder/$1.pid" ] || return 0
  pid=$(<"$folder/$1.pid")
  rm "$folder/$1.pid"
  kill -"${2:-TERM}" "$pid" 2>/dev/null || return 0
  # The shell need not say that one of its processes was killed.
  disown "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null && [ $((tries += 1)) -le 400 ]; do sleep 0.1; done
  ! kill -0 "$pid" 2>/dev/null || { echo "$1 does not end" >&2; return 1; }
}

stop() {
  local name
  # Replicas before what they need.
  for name in nginx replica-1 replica-2 replica-3 redis; do end "$name"; done
  rm -rf "$folder"
}

# turn NUMBER: one more turn of the conversation through nginx; fails unless the agent has counted exactly so many.
turn() {
  local answer stream=true
  [ $(($1 % 2)) -eq 0 ] || stream=false
  answer=$(curl -sS --fail-with-body --max-time 30 "127.0.0.1:$port/v1/chat/completions" -H 'Content-Type: application/json' \
    -d "{\"messages\": [{\"role\": \"user\", \"content\": \"turn $1\"}], \"session_id\": \"one-conversation\", \"stream\": $stream}")
  if ! grep -qF "(you have written $1 times)" <<<"$answer"; then
    echo "turn $1: $answer" >&2
    return 1
  fi
}

# turns FROM TO REPLICAS: these turns, one after the other; fails unless so many replicas have answered them.
turns() {
  local number from answered
  from=$(wc -l <"$folder/access.log")
  for number in $(seq "$1" "$2"); do turn "$number"; done
  sleep 0.1
  # A request that had to be taken to another replica has two addresses; the last one has answered.
  answered=$(tail -n +"$((from + 1))" "$folder/access.log" | sed 's/.*[ ,]//' | sort | uniq -c)
  echo "turns $1 to $2 of one conversation, by replica:"
  echo "$answered"
  [ "$(wc -l <<<"$answered")" -eq "$3" ]
}

check() {
  port=$((20000 + RANDOM % 12000))
  local number
  for number in 0 1 2 3 4; do ! listens "$((port + number))" || { check; return; }; done
  place "$port"
  trap 'stop || true' EXIT
  start
  turns 1 9 3
  end replica-2 KILL
  echo "replica 2 was killed"
  turns 10 18 2
  start_replica 2
  wait_for "replica 2" is_ready "$((port + 2))"
  # nginx counts whole seconds: a server that failed is asked again when more than one has passed.
  sleep 2.5
  echo "replica 2 was started again"
  turns 19 27 3
  stop
  for number in 0 1 2 3 4; do
    ! listens "$((port + number))" || { echo "something still listens on $((port + number))" >&2; return 1; }
  done
  echo "27 turns, three replicas, one conversation; everything was stopped"
}

place "$port"
case ${1:-} in
  start) start ;;
  stop) stop ;;
  check) check ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
