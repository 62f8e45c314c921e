"""Drives `check.sh`: a server, its traffic, a Prometheus that scrapes it, and every query of the dashboard and the rules.

Usage: check.py PROGRAM, the built example `monitored`.
"""

import hashlib
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).parent
KEY = "sk-of-this-check-alone"
# What the traffic below provokes. The others are evaluated, and must not be mistakes.
FIRING = {
    "AlphoraRunsFail",
    "AlphoraRunsTimeOut",
    "AlphoraSlowFirstEvent",
    "AlphoraModelFails",
    "AlphoraToolFails",
    "AlphoraOverloaded",
    "AlphoraNearlyFull",
    "AlphoraFileRefused",
    "AlphoraStrangers",
}
PATIENCE = 40

results = {"passed": 0, "failed": 0}


def check(what, passed, detail=""):
    results["passed" if passed else "failed"] += 1
    if not passed:
        print(f"FAIL  {what}  {detail}".rstrip(), flush=True)
    return passed


def chat(address, wish, key=KEY, timeout=60):
    """The status of an answer; nothing if there is none."""
    body = {"messages": [{"role": "user", "content": wish}], "stream": wish.startswith("model")}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"http://{address}/v1/chat/completions", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def together(*calls):
    threads = [threading.Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    return threads


def traffic(address):
    """What users and strangers do, failures included. The runs that take long come last: they fill the server."""
    check("a request is answered", chat(address, "model") == 200)
    for round_number in range(8):
        for wish in ("model", "tool", "fail", "panic", "refuse", "model fails", "tool fails"):
            chat(address, wish)
        if round_number == 0:
            # A series counts from its second sample on.
            chat(address, "model", key="sk-of-nobody")
            time.sleep(2.5)
    for _ in range(600):
        chat(address, "model", key="sk-of-nobody")
    long = together(*[lambda: chat(address, "wait 11")] * 4, *[lambda: chat(address, "hang")] * 4)
    time.sleep(0.5)
    for _ in range(20):
        chat(address, "model")
    return long


class Prometheus:
    def __init__(self, folder, target):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        # The rules as they are, but for the time that they wait before they fire.
        rules = re.sub(r"(?m)^(\s+for:) .*$", r"\1 0s", (HERE / "alerts.yml").read_text())
        (folder / "alerts.yml").write_text(rules)
        config = (HERE / "prometheus.yml").read_text().replace("15s", "1s").replace("127.0.0.1:8000", target)
        (folder / "prometheus.yml").write_text(config)
        self.process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={self.address}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=(folder / "prometheus.log").open("w"),
        )
        wait(lambda: self.answers("/-/ready"), "Prometheus does not start", 20)

    def answers(self, path):
        try:
            return urllib.request.urlopen(f"http://{self.address}{path}", timeout=2).status == 200
        except OSError:
            return False

    def get(self, path, **parameters):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def query(self, expression):
        """The values, or the words of the mistake."""
        answer = self.get("query", query=expression)
        if answer["status"] != "success":
            return answer["error"]
        return [float(sample["value"][1]) for sample in answer["data"]["result"]]

    def firing(self):
        alerts = self.get("alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}


def wait(condition, complaint, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(complaint)
        time.sleep(0.25)


def start(program, folder):
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    keys = folder / "keys.toml"
    keys.write_text(f'[keys.checker]\nsha256 = "{digest}"\n')
    # Quiet, and small enough to be filled by hand.
    settings = {
        "ALPHORA_ADDR": "127.0.0.1:0",
        "ALPHORA_API_KEYS_FILE": str(keys),
        "ALPHORA_DATA_DIR": str(folder / "sessions"),
        "ALPHORA_MAX_RUNS": "8",
        "ALPHORA_TIMEOUT": "14",
        "RUST_LOG": "off",
        "PATH": "/usr/bin:/bin",
    }
    server = subprocess.Popen(
        [program], env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    for line in server.stdout:
        if found := re.search(r"127\.0\.0\.1:\d+", line):
            return server, found.group()
    raise SystemExit("the server does not start")


def queries():
    """Every query of the dashboard, as Grafana sends it, with the title of its panel."""
    dashboard = json.loads((HERE / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in (("$__rate_interval", "1m"), ("$instance", ".*"), ("$agent", ".*")):
                expression = expression.replace(name, value)
            assert "$" not in expression, expression
            yield panel["title"], expression


def metrics_are_well_formed(address):
    with urllib.request.urlopen(f"http://{address}/metrics") as answer:
        linted = subprocess.run(["promtool", "check", "metrics"], input=answer.read(), capture_output=True)
    check("promtool check metrics", linted.returncode == 0, (linted.stdout + linted.stderr).decode())


def main(program):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="alphora-monitoring-"))
    server, address = start(program, folder)
    prometheus = None
    try:
        prometheus = Prometheus(folder, address)
        wait(lambda: prometheus.query("alphora_draining == 0"), "the server is not scraped", 20)
        long = traffic(address)
        # The keys that were read before stay in use.
        (folder / "keys.toml").write_text("[keys")
        fired = set()

        def all_have_fired():
            fired.update(prometheus.firing())
            return fired >= FIRING

        end = time.monotonic() + PATIENCE
        while not all_have_fired() and time.monotonic() < end:
            time.sleep(0.5)
        for alert in sorted(FIRING):
            check(f"{alert} fires", alert in fired)
        for thread in long:
            thread.join(timeout=20)
        metrics_are_well_formed(address)
        target = prometheus.get("targets")["data"]["activeTargets"][0]
        check("every scrape is understood", target["lastError"] == "", target["lastError"])
        count = 0
        for title, expression in queries():
            values = prometheus.query(expression)
            count += 1
            is_data = isinstance(values, list) and any(value == value for value in values)
            check(f"`{title}` shows something", is_data, f"{expression} gives {values}")
        evaluated = prometheus.get("rules")["data"]["groups"][0]["rules"]
        check("every rule is there", len(evaluated) > len(FIRING))
        for rule in evaluated:
            check(f"{rule['name']} is evaluated", rule["health"] == "ok", rule.get("lastError", ""))
        server.kill()
        server.wait()
        end = time.monotonic() + 15
        while "AlphoraDown" not in prometheus.firing() and time.monotonic() < end:
            time.sleep(0.5)
        check("AlphoraDown fires", "AlphoraDown" in prometheus.firing())
        print(f"{count} queries of the dashboard and {len(evaluated)} rules; {len(FIRING) + 1} alerts were made to fire")
    finally:
        for process in (server, prometheus and prometheus.process):
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
        subprocess.run(["rm", "-rf", str(folder)], check=False)
    print(f"{results['passed']} passed, {results['failed']} failed")
    return 1 if results["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
