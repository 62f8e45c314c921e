# Runs an example on a port of its own and looks at its answers. Sourced, with `here` set to this folder.
work=$(mktemp -d)
server=
passed=0
failed=0
# The longest time that an answer may take, in seconds.
export patience=${patience:-30}
# What surrounds the caller must not decide what is tested.
for variable in ${!ALPHORA_@}; do unset "$variable"; done
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost

cleanup() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

problem() { problems+="$1"$'\n'; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nobody listens on, below those that the system gives to outgoing connections.
free_port() {
  port=$((20000 + RANDOM % 12000))
  while listens "$port"; do port=$((20000 + RANDOM % 12000)); done
}

# start NAME [VARIABLE=VALUE..]: runs an example away from any configuration file.
start() {
  name=$1 problems= answers=
  shift
  free_port
  # The servers of alphora read the variable, those of axum the argument.
  (cd "$work" && exec env "$@" ALPHORA_ADDR="127.0.0.1:$port" "$binaries/$name" "127.0.0.1:$port") >"$work/log" 2>&1 &
  server=$!
  local tries=0
  until listens "$port"; do
    if ! kill -0 "$server" 2>/dev/null || [ $((tries += 1)) -gt 100 ]; then
      problem "it does not listen on port $port"
      break
    fi
    sleep 0.1
  done
  kill -0 "$server" 2>/dev/null || problem "it ended at once"
}

# The curl lines of an example's top comment, sent to where it listens.
try_comment() {
  sed -n 's,^//! \{0\,1\},,p' "$here/$name.rs" | awk '/^```/ { inside = !inside; next } inside' \
    | grep -v 'cargo run' | grep -v '^cd ' | sed -E "s/(localhost|127\.0\.0\.1):800[0-9]/127.0.0.1:$port/" >"$work/lines"
  grep -q '^curl' "$work/lines" || problem "its top comment has no curl line"
  answers+=$(bash -e -c 'curl() { command curl -sS --fail-with-body --max-time "$patience" "$@"; echo; }; . "$0"' "$work/lines" 2>&1) \
    || problem "a curl line of its top comment failed"
}

# ask PATH BODY: one more request, whatever its status.
ask() {
  answers+=$(curl -sS --max-time "$patience" "127.0.0.1:$port$1" -H 'Content-Type: application/json' -d "$2" 2>&1)
}

# holds TEXT..: what must be in the answers.
holds() {
  local text
  for text in "$@"; do
    grep -qF -- "$text" <<<"$answers" || problem "the answers do not hold: $text"
  done
}

# run_script COMMAND..: a script that judges the answers by itself.
run_script() {
  local output
  output=$("$@" "http://127.0.0.1:$port" 2>&1) || problem "$(basename "${@: -1}") failed: $output"
}

# stop [STATUS]: tells the server to stop, which one of alphora does in order.
stop() {
  local status tries=0
  kill -TERM "$server" 2>/dev/null
  while kill -0 "$server" 2>/dev/null && [ $((tries += 1)) -le 100 ]; do sleep 0.1; done
  kill -KILL "$server" 2>/dev/null && problem "it did not stop within 10 seconds"
  wait "$server" 2>/dev/null
  status=$?
  server=
  [ "$status" = "${1:-0}" ] || problem "it ended with status $status"
  if [ -z "$problems" ]; then
    echo "ok    $name"
    passed=$((passed + 1))
  else
    echo "FAIL  $name"
    { printf '%s' "$problems"; echo "answers: $answers"; tail -20 "$work/log"; } | sed 's/^/      /'
    failed=$((failed + 1))
  fi
}

# build: builds all examples; sets `binaries`.
build() {
  cd "$here/.." || exit 1
  cargo build -q -p alphora-examples --examples || exit 1
  binaries=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/examples
}

# finish: says how many passed; fails if one did not.
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}
