"""Whether the files of this folder say the same: that each way to stop an agent leaves its drain enough time, that
probes ask for routes that exist, and that nginx waits for as long as an agent may take.

    python check.py        (needs PyYAML; check.sh calls it)
"""

import configparser
import pathlib
import re
import sys

import yaml

here = pathlib.Path(__file__).parent
# Defaults of the server, in seconds: `drain_timeout`, what it takes beyond that, `timeout`, and the wait for a session.
DRAIN, LAST_EVENTS, TIMEOUT, QUEUE = 30, 5, 300, 30
ROUTES = {"readinessProbe": "/ready", "livenessProbe": "/health", "startupProbe": "/health"}
problems = []


def expect(holds, what):
    if not holds:
        problems.append(what)


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text).group(1))


def documents(path):
    return list(yaml.safe_load_all((here / path).read_text()))


# systemd
unit = configparser.RawConfigParser(strict=False)
unit.optionxform = str
unit.read(here / "systemd/agent.service")
service = unit["Service"]
expect(seconds(service["TimeoutStopSec"]) == DRAIN + LAST_EVENTS, "systemd: TimeoutStopSec is not the drain and 5 s")
expect(service["KillSignal"] == "SIGTERM", "systemd: KillSignal is not what drains")
expect(f"ALPHORA_DATA_DIR=%S/{service['StateDirectory']}" in service["Environment"], "systemd: data_dir is not the StateDirectory")

# compose
(compose,) = documents("container/compose.yaml")
services = compose["services"]
agents = {name: service for name, service in services.items() if name.startswith("agent-")}
expect(len(agents) == 3, "compose: there are not three replicas")
# The image listens on all addresses: without one of these it does not start.
access = {"ALPHORA_ALLOW_ANONYMOUS", "ALPHORA_API_KEYS_FILE", "ALPHORA_JWT_KEYS_FILE"}
for name, agent in agents.items():
    expect(access & set(agent["environment"]), f"compose: {name} would not start, because it asks nobody who they are")
proxied = set(re.findall(r"server ([\d.]+):8000", (here / "container/nginx.conf").read_text()))
for name, agent in agents.items():
    expect(seconds(agent["stop_grace_period"]) == DRAIN + LAST_EVENTS, f"compose: {name} is killed before its drain is over")
    expect(agent["read_only"] and agent["cap_drop"] == ["ALL"], f"compose: {name} may do more than it needs")
    expect(agent["networks"]["replicas"]["ipv4_address"] in proxied, f"compose: nginx does not know {name}")
command = services["redis"]["command"]
for option, value in [("--appendonly", "yes"), ("--appendfsync", "always"), ("--maxmemory-policy", "noeviction")]:
    expect(value == command[command.index(option) + 1], f"compose: redis has not {option} {value}")
for volume in services["nginx"]["volumes"]:
    source = volume.split(":")[0]
    expect((here / "container" / source).is_file(), f"compose: {source} is not there")
context = (here / "container" / agents["agent-1"]["build"]["context"]).resolve()
expect((context / agents["agent-1"]["build"]["dockerfile"]).is_file(), "compose: the Dockerfile is not there")

# Kubernetes
for path in ["kubernetes/replicas.yaml", "kubernetes/embedded.yaml"]:
    for document in documents(path):
        if document["kind"] not in ("Deployment", "StatefulSet"):
            continue
        spec = document["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        before = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        grace = spec["terminationGracePeriodSeconds"]
        expect(grace == before + DRAIN + LAST_EVENTS, f"{path}: the grace period is not the wait, the drain and 5 s")
        for probe, route in ROUTES.items():
            expect(container[probe]["httpGet"] == {"path": route, "port": "http"}, f"{path}: {probe} does not ask {route}")
        environment = {variable["name"]: variable.get("value") for variable in container["env"]}
        port = container["ports"][0]["containerPort"]
        expect(environment["ALPHORA_ADDR"] == f"0.0.0.0:{port}", f"{path}: the port is not the one that is listened on")
        # Without one of these, a server that listens beyond its machine does not start.
        (keys,) = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "keys"]
        expect(environment["ALPHORA_API_KEYS_FILE"].startswith(keys + "/"), f"{path}: the API keys are not on the volume")
        if document["kind"] == "StatefulSet":
            expect(document["spec"]["replicas"] == 1, f"{path}: a file belongs to one process")
            mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
            expect(environment["ALPHORA_DATA_DIR"] == mounts["sessions"], f"{path}: data_dir is not on the volume")
        expect(spec["securityContext"]["runAsNonRoot"], f"{path}: it may run as root")

# nginx
proxy = (here / "nginx/proxy.conf").read_text()
directives = dict(line.rstrip(";").split(None, 1) for line in proxy.splitlines() if line and not line.startswith("#"))
expect(seconds(directives["proxy_read_timeout"]) > TIMEOUT + QUEUE, "nginx: it gives up before an agent does")
expect(directives["proxy_buffering"] == "off", "nginx: it holds chunks back")
expect("non_idempotent" not in directives["proxy_next_upstream"], "nginx: it sends a turn twice")

# Dockerfile
dockerfile = (here / "container/Dockerfile").read_text()
expect("STOPSIGNAL SIGTERM" in dockerfile, "Dockerfile: it is not stopped by what drains")
expect(re.search(r"^USER 65532:65532$", dockerfile, re.MULTILINE), "Dockerfile: it runs as root")

for problem in problems:
    print(problem)
print("the files say the same" if not problems else f"{len(problems)} contradictions")
sys.exit(bool(problems))
