"""The service and its sources, as two processes on free ports, and the door at which the sources' faults are switched."""

import http.client
import json
import pathlib
import re
import signal
import subprocess
import time

from groups import product

# Who asks for what.
ERRANDS = (
    ("coordinator-youth", "coordination"),
    ("caseworker-jobcenter", "own_case"),
    ("benefit-officer", "own_case"),
    ("caseworker-adult", "own_case"),
    ("caseworker-child", "own_case"),
    ("provider-support", "own_case"),
)
# Whoever gives less time than the house does by itself is in haste (decision 0018).
HASTY_MS = 1000
STARTED = "glasplade serves"
START_S = 60
# What stands in the demo's configuration, and what stands there instead. Ages are short, so that all is read and written again and again;
# memory is small, so that it must give way; handles are soon forgotten, since they are kept by time and not by use.
CACHED_S, STALE_S = 6, 40
AGES = f"{{ fresh_s = {CACHED_S}, stale_s = {STALE_S} }}"
CHANGES = (
    ("glasplade.toml", 'listen = "127.0.0.1:8080"', 'listen = "127.0.0.1:0"'),
    ("glasplade.toml", 'listen = "127.0.0.1:8081"', 'listen = "127.0.0.1:0"'),
    ("glasplade.toml", 'log_filter = "warn"', 'log_filter = "error,glasplade::command=info"'),
    ("glasplade.toml", "[overview]", "[overview]\nhandle_valid_s = {handles_s}"),
    ("glasplade.toml", "[privacy]", "[cache]\nbytes_max = {cache}\nanswers_bytes_max = {cache}\nno_cache_min_s = 1\n"
     f"confidential = {AGES}\nsensitive = {AGES}\n\n[privacy]"),
    ("sources.toml", "[person_register]", f"[person_register]\nages = {AGES}"),
    ("sources.toml", "[staff_directory]", f"[staff_directory]\nages = {AGES}"),
)


def changed(folder, **numbers):
    for name, old, new in CHANGES:
        path = folder / name
        text = path.read_text()
        lines = text.count(f"{old}\n") + text.count(f"{old} ")
        assert lines == 1, f"the demo's {name} no longer says {old!r} once"
        path.write_text(text.replace(old, new.format(**numbers) if "{handles_s}" in new else new.replace("{cache}", str(numbers["cache"])), 1))


class Service:
    """The running service, over the fakes that run beside it."""

    def __init__(self, program, repository, folder, fakes, now, **numbers):
        self.program, self.state, self.folder = program, folder / "state", folder
        config = product.configuration(repository, folder / "config", self.state, fakes.bases, fakes.told, now)
        product.import_staff(program, config, folder)
        changed(config, **numbers)
        # Makes the issuer's keys, which the service reads at start.
        self.tokens = {who: self.token(who) for who, _ in ERRANDS}
        self.said = folder / "said"
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen([program, "serve", "--config", str(config)], stdout=subprocess.DEVNULL, stderr=said)
        self.address = self.where()

    def token(self, who):
        command = [self.program, "token", "--state", str(self.state), "--as", who, "--hours", "24"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def where(self):
        """What it says at its start: where it listens."""
        for _ in range(START_S * 10):
            for line in self.said.read_text().splitlines():
                if STARTED in line:
                    return re.search(r"127\.0\.0\.1:\d+", line)[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise SystemExit(f"the service did not start: {self.said.read_text()[-2000:]}")

    def memory(self):
        """Resident bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) * 1024

    def stop(self):
        """Asks it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Switches:
    """The fakes' control door."""

    def __init__(self, control):
        self.host = control.removeprefix("http://")

    def send(self, method, body=None):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, "/faults", body and json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, text

    def on(self, source, fault, citizen=None):
        self.send("PUT", {"source": source, "fault": fault, **({"cpr": citizen} if citizen else {})})

    def off(self):
        self.send("DELETE")


class Caller:
    """One connection, opened anew when it breaks."""

    def __init__(self, service):
        self.service, self.connection = service, None

    def ask(self, errand, citizen, deadline_ms):
        """Status, headers and body, and how many seconds they took."""
        who, purpose = errand
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.service.address, timeout=30)
            self.connection.connect()
        body = json.dumps({"cpr": citizen, "purpose": purpose, "case_ref": "SOAK-1"})
        headers = {"Authorization": f"Bearer {self.service.tokens[who]}", "Content-Type": "application/json",
                   "Request-Timeout-Ms": str(deadline_ms)}
        begun = time.perf_counter()
        try:
            self.connection.request("POST", "/v1/overviews", body, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        return answer.status, answer.headers, text, time.perf_counter() - begun
