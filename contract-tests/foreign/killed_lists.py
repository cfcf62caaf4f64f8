#!/usr/bin/env python3
"""What reads, builds and lists target groups is killed with SIGKILL at random moments: the next time is right, and nothing is half known.

    killed_lists.py PROGRAM [--kills 12] [--citizens 600] [--seed N]

PROGRAM is `glasplade` with its fakes. Polls are killed and go on: one page at most is asked for again for each kill, and the lists are
those that another program computes (`targets.py`). Runs are killed: no citizen is told of who is not in the audit, what began has ended or
is seen not to have, and the next list is the whole one. Builds from extracts are killed, most of them near their end: the index is that of
the extract before or of this one, whole, and the next build leaves nothing of the dead one. Standard library only.
"""

import argparse
import collections
import datetime
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

# What is imported lies in the repository: nothing is written beside it.
sys.dont_write_bytecode = True

from groups import compare, moments as times, product, proxy
from targets import MONTH, REPOSITORY, compare_files, read_all, runs, settings_of

POLLED = "case_index"
BUILT = "sbsys"
BUILD = ("targets", "build", "--config", "{config}", "--from", "{folder}")
READ = ("audit", "read", "--master-key", "file:{state}/audit-master.key", "--keys", "{state}/audit-keys", "--dir", "{state}/audit")
# The phases that end an attempt.
ENDS = {"completed", "refused", "abandoned"}


class Counting(proxy.Door):
    """A door that changes nothing."""

    def __init__(self, kind, base_url):
        super().__init__(kind, base_url, "empty-page")
        self.fault = "none"


def started(program, verb, **names):
    command = [program, *(word.format(**names) for word in verb)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def killed(program, verb, after, **names):
    """Starts a command and kills it after so many seconds; whether it was still at work."""
    process = started(program, verb, **names)
    try:
        if process.wait(after):
            raise product.Failed(f"{' '.join(verb[:2])} ended with {process.returncode}")
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def moments(dice, took, count):
    """Half of them anywhere, half near the end."""
    return [took * (dice.uniform(0.02, 1.0) if at % 2 else dice.uniform(0.7, 1.3)) for at in range(count)]


# --- polls ---


def forget_leases(path, kind):
    """What a dead process had taken for itself runs out in minutes: here at once."""
    if path.exists():
        with sqlite3.connect(path) as database:
            # Killed before it had tables, it has taken nothing.
            if database.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", [kind.split()[0]]).fetchone()[0]:
                database.execute(f"DELETE FROM {kind}")


def polls(program, config, index, door, dice, kills, took):
    """Kills one reading of everything again and again; how many pages were asked for until it was done, and how often it was killed."""
    asked, cut = door.asked, 0
    for _ in range(kills):
        if not killed(program, product.POLL_ON, took * dice.uniform(0.2, 0.7), config=config):
            break
        cut += 1
        forget_leases(index, "state WHERE kind = 'lease'")
    else:
        product.poll(program, config, whole=False)
    return door.asked - asked, cut


# --- runs ---


def entries(program, state):
    lines = product.call(program, READ, state=state).splitlines()
    return [one for one in (json.loads(line)["entry"] for line in lines) if one]


def of_lists(log):
    """Each attempt at a list: its entries."""
    found = collections.defaultdict(list)
    for entry in log:
        if (entry.get("event") or {}).get("what", "").startswith("target_group_"):
            found[entry["attempt"]].append(entry)
    return list(found.values())


def run_kills(program, config, state, rule, day, took, dice, kills, folder, wrong):
    cut, lists = 0, 0
    for after in moments(dice, took, kills):
        path = folder / "killed.ndjson"
        forget_leases(state / "target-runs.sqlite", "target_work")
        path.unlink(missing_ok=True)
        process = started(program, (*product.RUN, "--output", str(path)), rule=rule, config=config, day=day.isoformat())
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            cut += 1
        last = of_lists(entries(program, state))
        told = path.read_text().splitlines() if path.exists() else []
        if told:
            lists += 1
            attempt = last[-1] if last else []
            is_complete = any(entry["phase"] == "completed" and "citizen" not in entry for entry in attempt)
            if not is_complete:
                wrong["a list left before the audit had it"] += 1
            if sum("citizen" in entry for entry in attempt) < sum(json.loads(line).get("type") == "citizen" for line in told if line.endswith("}")):
                wrong["a citizen was told of who is not in the audit"] += 1
    forget_leases(state / "target-runs.sqlite", "target_work")
    for attempt in of_lists(entries(program, state)):
        phases = [entry["phase"] for entry in attempt]
        if phases.count("intended") != 1 or phases[0] != "intended":
            wrong["a list of which nobody wrote that it was intended"] += 1
        if sum(entry["phase"] in ENDS and "citizen" not in entry for entry in attempt) > 1:
            wrong["a list that ended twice"] += 1
    return cut, lists


# --- builds ---


def extract(folder, rows, as_of):
    folder.mkdir(exist_ok=True)
    lines = [json.dumps({"extract": {"source": BUILT, "as_of": as_of}})]
    for row in rows:
        one = {"citizen": row.citizen, "id": row.native, "kind": "case", "status": "running", "opened": row.opened and row.opened.isoformat(),
               "law": row.law or None, "kle": row.kle or None, "unit": row.units[0] if row.units else None}
        lines.append(json.dumps({key: value for key, value in one.items() if value is not None}))
    lines.append(json.dumps({"end": {"rows": len(rows)}}))
    (folder / f"{BUILT}.ndjson").write_text("\n".join(lines) + "\n")
    return folder


def held(index):
    """What a fresh reader finds: when the extract was taken that stands in the index, how many facts and citizens; and whether it is whole."""
    with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as database:
        (good,) = database.execute("PRAGMA integrity_check").fetchone()
        state = database.execute("SELECT body FROM state WHERE kind = 'source' AND name = ?", [BUILT]).fetchone()
        (citizens,) = database.execute("SELECT count(*) FROM citizen").fetchone()
    told = json.loads(state[0])
    return good, told["whole"], told["facts"], citizens


def by_extract(config):
    sources = config / "sources.toml"
    text = sources.read_text()
    place = f'kind = "{BUILT}"\n'
    assert text.count(place) == 1
    sources.write_text(text.replace(place, place + "listing = { extract = true }\n"))


def build_kills(program, config, index, rows, dice, kills, folder, wrong):
    """One extract after the other, of which every second one lacks a few cases; the whole index stands, of this one or of the one before."""
    def built(at):
        text = datetime.datetime.now(times.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return extract(folder / "extracts", rows[: len(rows) - (at % 2) * 9], text), text

    at, cut, old, new = 0, 0, 0, 0
    here, text = built(at)
    took = timed(lambda: product.call(program, BUILD, config=config, folder=here))
    before = held(index)
    wants = {}
    for after in moments(dice, took, kills):
        at += 1
        here, text = built(at)
        cut += killed(program, BUILD, after, config=config, folder=here)
        now_held = held(index)
        if now_held[0] != "ok":
            wrong["an index that is not whole"] += 1
        if now_held == before:
            old += 1
        elif now_held[1] == before[1]:
            wrong["an index that is neither the one before nor the fresh one"] += 1
        else:
            new += 1
            wants.setdefault(at % 2, now_held[2:])
            if wants[at % 2] != now_held[2:]:
                wrong["a fresh index that lacks something"] += 1
        # What was killed is built again, at most: the same file, or it stands already.
        is_built = now_held == before
        if is_built:
            product.call(program, BUILD, config=config, folder=here)
        before = held(index)
        if times.moment(before[1]) != times.moment(text):
            wrong["the next build did not bring the extract"] += 1
        wants.setdefault(at % 2, before[2:])
        if wants[at % 2] != before[2:]:
            wrong["the next build lacks something"] += 1
        target = pathlib.Path(index).resolve().name
        left = [path.name for path in pathlib.Path(index).parent.glob("*.of-*") if not path.name.startswith(target)]
        if is_built and left:
            wrong["something of a dead build is left"] += 1
    return cut, old, new


def main(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--citizens", type=int, default=600)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--details", help="who is behind each difference, in a file of the caller's own")
    arguments = parser.parse_args(words)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    dice, now, wrong, kills = random.Random(seed), product.now_of(None), collections.Counter(), arguments.kills
    print(f"{kills} kills each, --seed {seed}")
    program = arguments.program
    with tempfile.TemporaryDirectory() as name, product.running(program, arguments.citizens, 1, now - MONTH) as fakes:
        folder = pathlib.Path(name)
        door = Counting(POLLED, fakes.bases[POLLED])
        with proxy.opened(door) as address:
            bases = {**fakes.bases, POLLED: address}

            def house(word):
                return product.configuration(REPOSITORY, folder / word, folder / f"{word}-state", bases, fakes.told, now, has_small_pages=True)

            whole = house("whole")
            world, found, untold = read_all(settings_of(whole, folder / "whole-state"), now)
            asked = door.asked
            took = timed(lambda: product.poll(program, whole))
            pages = door.asked - asked
            config, state = house("killed"), folder / "killed-state"
            index = state / "target-groups.sqlite"
            product.import_staff(program, config, folder)
            again, cut = polls(program, config, index, door, dice, kills, took)
            print(f"polls: killed at work {cut} times; {pages} pages in one go, {again} asked for in all")
            if again > pages + cut:
                wrong["a poll read more than one page again for a kill"] += 1
            rule, differences = "cross_department", compare.Differences()
            took = timed(lambda: product.run(program, config, rule, world.day, folder / "first.ndjson"))
            cut, lists = run_kills(program, config, state, rule, world.day, took, dice, kills, folder, wrong)
            print(f"runs: killed at work {cut} times; {lists} lists were left all the same")
            compare_files(world, found, untold, runs(program, config, world, folder / "lists"), differences)
            for line in differences.lines():
                wrong[line] += 1
            if arguments.details:
                product.details(arguments.details, differences)
            by_extract(config)
            rows = [row for row in world.readings[BUILT].rows if row.party == "primary"]
            cut, old, new = build_kills(program, config, index, rows, dice, kills, folder, wrong)
            print(f"builds: killed at work {cut} times; the index was {old} times the one before and {new} times the fresh one")
    for kind, count in sorted(wrong.items()):
        print(f"WRONG {count:6} {kind}")
    print(f"{sum(wrong.values())} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
