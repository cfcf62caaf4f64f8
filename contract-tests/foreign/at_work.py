#!/usr/bin/env python3
"""Questions that only a service at work can answer, put to the demo by a program that shares no code with it.

    at_work.py PROGRAM timing       can "denied", "unknown" and "empty" be told apart by time, headers or states?
    at_work.py PROGRAM slow         the same while a source is slow
    at_work.py PROGRAM revocation   does any answer that began after a withdrawal rest on what was withdrawn?

PROGRAM is `glasplade` with its fakes. It is started with invented people on free ports and stopped again. Exit code 0: no difference
and no such answer; 1: one was found, and which. Standard library only.
"""

import contextlib
import http.client
import json
import math
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

NOBODY = "0101019999"
CALLERS_AT_ONCE = 12
ASKED_EACH = 240
# Two samples of the same distribution differ by more than this many standard deviations once in two million comparisons.
DEVIATIONS_MAX = 5.0
HEAPS = 2
REVOCATION_SECONDS = 25


class Demo:
    """The running demo: where it listens, its named citizens, and tokens."""

    def __init__(self, program, state):
        self.program, self.state = program, state
        free = ["--listen", "127.0.0.1:0", "--audit-listen", "127.0.0.1:0", "--first-port", "0", "--control-port", "0"]
        command = [program, "demo", "--citizens", "50", "--now", "2026-11-24T09:00:00+01:00", "--state", state, *free]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.citizens, self.control = {}, None
        for line in self.process.stdout:
            words = line.split()
            if line.startswith("The service"):
                self.address = words[2].removeprefix("http://")
            if "/faults" in line and "-X PUT" in line:
                self.control = next(word for word in words if word.endswith("/faults")).split("/")[2]
            if line.startswith("  ") and len(words) > 1 and words[0].isdigit() and len(words[0]) == 10:
                self.citizens[words[1]] = words[0]
            if line.rstrip().endswith("Ctrl-C stops it."):
                break

    def token(self, caller):
        command = [self.program, "token", "--state", self.state, "--as", caller]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def fault(self, method, body=None):
        connection = http.client.HTTPConnection(self.control, timeout=10)
        connection.request(method, "/faults", body and json.dumps(body))
        assert connection.getresponse().status == 200

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


class Caller:
    """One connection, kept open."""

    def __init__(self, demo, token):
        self.connection = http.client.HTTPConnection(demo.address, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path, body, headers=None):
        self.connection.request("POST", path, json.dumps(body), {**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def deviations(one, two):
    """How many standard deviations the rank sum of `one` lies from what chance gives (Mann and Whitney)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in two])
    ranks = sum(at + 1 for at, (_, sample) in enumerate(ranked) if sample == 0)
    n, m = len(one), len(two)
    expected = n * (n + m + 1) / 2
    return (ranks - expected) / math.sqrt(n * m * (n + m + 1) / 12)


def often(one, two, of):
    """The same for something that was seen so often in two samples of this size."""
    share = (one + two) / (2 * of)
    return (one - two) / math.sqrt(2 * of * share * (1 - share)) if 0 < share < 1 else 0.0


def said(status, headers, body):
    """What anybody can see of an answer without reading its words: status, names of headers and parts, the sources' states."""
    answer = json.loads(body)
    states = [f"{source['id']} is {source['state']}" for source in answer.get("sources", [])]
    return [f"status {status}", *(f"has {name.lower()}" for name in headers), *(f"has {name}" for name in answer), *states]


def measured(demo, token, kinds, headers):
    """Times in milliseconds by kind, and how often what was said; everybody is asked in one shuffled order by several callers at once."""
    order = [kind for kind in kinds for _ in range(ASKED_EACH)]
    random.Random(1).shuffle(order)
    times, words, guard = {kind: [] for kind in kinds}, {kind: Counter() for kind in kinds}, threading.Lock()

    def ask():
        caller = Caller(demo, token)
        while True:
            with guard:
                if not order:
                    return
                kind = order.pop()
            body = {"cpr": kinds[kind], "purpose": "own_case", "case_ref": "DEMO-1"}
            begun = time.perf_counter()
            answer = caller.post("/v1/overviews", body, headers)
            took = (time.perf_counter() - begun) * 1000
            with guard:
                times[kind].append(took)
                words[kind].update(said(*answer))

    threads = [threading.Thread(target=ask) for _ in range(CALLERS_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, words


def alike(demo, name, headers):
    """How many pairs of the three kinds can be told apart."""
    token = demo.token("caseworker-jobcenter")
    # Her former husband asks for Lone; Ingrid is known to another department only.
    kinds = {"denied": demo.citizens["lone"], "unknown": NOBODY, "empty": demo.citizens["ingrid"]}
    for number in kinds.values():  # What only the first look-up costs is not what repeats can be told by.
        Caller(demo, token).post("/v1/overviews", {"cpr": number, "purpose": "own_case", "case_ref": "DEMO-1"})
    times, words = measured(demo, token, kinds, headers)
    found = 0
    for one, two in [("denied", "unknown"), ("denied", "empty"), ("unknown", "empty")]:
        apart = deviations(times[one], times[two])
        median = {kind: sorted(times[kind])[len(times[kind]) // 2] for kind in (one, two)}
        verdict = "alike" if abs(apart) <= DEVIATIONS_MAX else "TOLD APART BY TIME"
        found += abs(apart) > DEVIATIONS_MAX
        print(f"{name}: {one} {median[one]:.2f} ms, {two} {median[two]:.2f} ms, {apart:+.1f} deviations: {verdict}")
        for word in words[one] | words[two]:
            # Whoever asks while a fetch is under way is told "fresh", and many do: such answers come in heaps.
            if abs(often(words[one][word], words[two][word], ASKED_EACH)) > HEAPS * DEVIATIONS_MAX:
                found += 1
                print(f"{name}: {one} and {two} TOLD APART: {word!r} {words[one][word]} and {words[two][word]} times")
    return found


def timing(demo):
    found = alike(demo, "from memory", {})
    found += alike(demo, "in haste", {"Request-Timeout-Ms": "1"})
    return found + alike(demo, "asked anew", {"Cache-Control": "no-cache"})


def slow(demo):
    demo.fault("PUT", {"source": "case_index", "fault": "latency:600"})
    return alike(demo, "a slow source", {})


def revocation(demo):
    token, number = demo.token("coordinator-youth"), demo.citizens["kirsten"]
    withdrawn, guard, ended = {}, threading.Lock(), threading.Event()
    seen, answers, wrong = [0], [0], []

    def change():
        caller, at = Caller(demo, token), 0
        while not ended.is_set():
            at += 1
            yes = {
                "cpr": number, "answer": "given", "by": [{"who": "citizen"}], "case_ref": "DEMO-1", "purpose": "coordination",
                "from": ["JVS-JOB"], "to": ["UUJ-KOORD"], "categories": ["employment"], "form": "oral",
                "field_classes": ["existence", "core", "people"], "evidence": f"NOTAT-{at}", "text_version": "samtykke-2026-1",
                "given_at": "2026-11-20T10:00:00+01:00",
            }
            status, _, body = caller.post("/v1/consents", yes, {"Idempotency-Key": f"change-{at}"})
            assert status in (200, 201), (status, body)
            consent = json.loads(body)["id"]
            ended.wait(random.uniform(0.02, 0.2))
            status, _, body = caller.post(f"/v1/consents/{consent}/revoke", {"by": "citizen", "form": "oral", "evidence": f"NOTAT-{at}"})
            assert status == 200, (status, body)
            with guard:
                withdrawn[consent] = time.perf_counter()
            ended.wait(random.uniform(0.0, 0.1))

    def look():
        caller = Caller(demo, token)
        body = {"cpr": number, "purpose": "coordination", "case_ref": "DEMO-1"}
        while not ended.is_set():
            begun = time.perf_counter()
            status, _, answer = caller.post("/v1/overviews", body)
            if status != 200:
                continue
            text = answer.decode()
            with guard:
                answers[0] += 1
                seen[0] += "consent:" in text
                wrong.extend(consent for consent, at in withdrawn.items() if at < begun and f"consent:{consent}" in text)

    threads = [threading.Thread(target=change)] + [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(REVOCATION_SECONDS)
    ended.set()
    for thread in threads:
        thread.join()
    print(f"{len(withdrawn)} withdrawals, {answers[0]} answers, {seen[0]} of them on a consent, {len(wrong)} on one withdrawn before they began")
    # A run in which nobody was shown anything would prove nothing.
    return len(wrong) + (len(withdrawn) < 20) + (seen[0] < 20)


def main():
    questions = {"timing": timing, "slow": slow, "revocation": revocation}
    if len(sys.argv) != 3 or sys.argv[2] not in questions:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as state, contextlib.ExitStack() as at_end:
        demo = Demo(sys.argv[1], state)
        at_end.callback(demo.stop)
        sys.exit(1 if questions[sys.argv[2]](demo) else 0)


main()
