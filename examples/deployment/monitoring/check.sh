#!/usr/bin/env bash
# Looks whether the dashboard and the alerts of this folder show what a server does: starts one on loopback, has a real
# Prometheus scrape it, makes it fail in the ways that the alerts are about, and evaluates every query.
#
#   bash examples/deployment/monitoring/check.sh
#
# Needs cargo, python3, prometheus and promtool (Debian: `apt-get install prometheus`). Takes about a minute, and ends
# what it has started.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for tool in prometheus promtool python3 cargo; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install prometheus"; exit 1; }
done
promtool check config "$here/prometheus.yml"
built=$(cargo build --manifest-path "$here/../../Cargo.toml" --example monitored --message-format=json 2>/dev/null |
  python3 -c 'import json, sys
lines = [json.loads(line) for line in sys.stdin if line.startswith("{")]
print([line["executable"] for line in lines if line.get("executable") and line["target"]["name"] == "monitored"][-1])')
exec python3 "$here/check.py" "$built"
