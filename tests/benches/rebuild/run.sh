#!/usr/bin/env bash
# What a release build takes after one character of the agent has changed: the quick start against the same
# server written by hand with axum. `bash tests/benches/rebuild/run.sh [ROUNDS]`; 7 rounds unless told.
#
# Both are crates of their own outside of the workspace, with cargo's default release profile and the crate
# versions of the workspace's lock file. A wrapper around the linker says how much of each build is linking.
# Exits with 1 if the ratio of the medians is above the goal.
set -euo pipefail
cd "$(dirname "$0")/../../.."
root=$PWD
rounds=${1:-7}
goal=0.15
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_ENCODED_RUSTFLAGS

# A crate NAME with the source FILE and what it depends on, in whatever is left of the arguments.
crate() {
  local name=$1 file=$2
  shift 2
  mkdir -p "$work/$name/src"
  cp "$file" "$work/$name/src/main.rs"
  cp Cargo.lock "$work/$name/Cargo.lock"
  {
    printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n' "$name"
    printf '%s\n' "$@"
    printf '\n[workspace]\n'
  } > "$work/$name/Cargo.toml"
}

# The version of crate $1 that the workspace has chosen.
version() {
  awk -v name="\"$1\"" '$1 == "name" { found = $3 == name } found && $1 == "version" { gsub("\"", "", $3); print $3; exit }' Cargo.lock
}

crate agent examples/quick_start.rs "alphora = { path = \"$root/alphora\" }"
crate axum_by_hand tests/benches/rebuild/axum.rs \
  "axum = { version = \"=$(version axum)\", default-features = false, features = [\"http1\", \"json\", \"tokio\"] }" \
  "dashmap = \"=$(version dashmap)\"" \
  "serde = { version = \"=$(version serde)\", features = [\"derive\"] }" \
  "serde_json = \"=$(version serde_json)\"" \
  "tokio = { version = \"=$(version tokio)\", features = [\"macros\", \"net\", \"rt-multi-thread\", \"sync\"] }" \
  "tokio-stream = \"=$(version tokio-stream)\""

now() { date +%s%3N; }

cat > "$work/linker" <<'LINKER'
#!/usr/bin/env bash
from=$(date +%s%3N)
cc "$@"
status=$?
echo $(($(date +%s%3N) - from)) > "$LINK_TIME"
exit $status
LINKER
chmod +x "$work/linker"
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_"$(tr a-z- A-Z_ <<< "$host")"_LINKER=$work/linker
export LINK_TIME=$work/link_time CARGO_TERM_COLOR=never

build() { CARGO_TARGET_DIR=$work/target-$1 cargo build --release --quiet --manifest-path "$work/$1/Cargo.toml"; }

# One character of what the agent says, and another in each round.
change() { sed -i "s/Hello[^\"]*\"/Hello$2\"/" "$work/$1/src/main.rs"; }

for name in agent axum_by_hand; do
  from=$(now)
  build "$name"
  echo "$name: everything built in $((($(now) - from + 500) / 1000)) s" >&2
done

for round in $(seq "$rounds"); do
  names="agent axum_by_hand"
  [ $((round % 2)) -eq 0 ] && names="axum_by_hand agent"
  for name in $names; do
    change "$name" "$((round % 10))"
    grep -q "Hello$((round % 10))" "$work/$name/src/main.rs"
    from=$(now)
    build "$name"
    echo "$(($(now) - from)) $(cat "$LINK_TIME")" >> "$work/$name.times"
  done
done

# Column $2 of the times of $1, in the middle.
median() { sort -n -k"$2,$2" "$work/$1.times" | awk -v column="$2" '{ all[NR] = $column } END { print (all[int((NR + 1) / 2)] + all[int(NR / 2) + 1]) / 2 }'; }

agent=$(median agent 1) agent_link=$(median agent 2)
axum=$(median axum_by_hand 1) axum_link=$(median axum_by_hand 2)
echo "| release rebuild after a change of the agent | axum by hand | alphora | alphora / axum | goal |"
echo "|---|---:|---:|---:|---|"
awk -v agent="$agent" -v axum="$axum" -v al="$agent_link" -v xl="$axum_link" -v goal="$goal" -v rounds="$rounds" 'BEGIN {
  ratio = agent / axum
  printf "| the whole `cargo build`, ms | %.0f | %.0f | **%.2f** | ≤ %.2f %s |\n", axum, agent, ratio, goal, ratio <= goal ? "kept" : "**missed**"
  printf "| of it linking, ms | %.0f | %.0f | %.2f | |\n", xl, al, al / xl
  printf "| without linking, ms | %.0f | %.0f | %.2f | |\n\n", axum - xl, agent - al, (agent - al) / (axum - xl)
  printf "Medians of %d rounds in turns.\n", rounds
  exit !(ratio <= goal)
}'
