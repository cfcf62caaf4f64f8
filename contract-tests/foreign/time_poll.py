#!/usr/bin/env python3
"""How long polling takes, start to list, beside the time below which it cannot be done.

    time_poll.py PROGRAM [--citizens 80000] [--share 1.0]

PROGRAM is `glasplade` with its fakes. They are started with an invented town; `targets poll --once` and one run are timed. The floor of a
system is its calls, times how long one takes, over how many it allows at once; the whole floor is that of the slowest, for the systems do not wait
for each other. How many rows there are is read from the systems; the sizes of pages, and how many calls may be under way, from the
configuration. Pages of one system follow each other where a page says where the next one begins: that chain is told, too.
Standard library only.
"""

import argparse
import dataclasses
import pathlib
import statistics
import sys
import tempfile
import time

# What is imported lies in the repository: nothing is written beside it.
sys.dont_write_bytecode = True

from groups import lists, product
from groups.settings import Settings

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# What the product's limits and sizes are where the configuration says nothing (the adapters' READMEs, `limits`).
CONCURRENCY = 16
SIZES = {"sbsys": ("page_size", 500), "fasit": (None, 250), "dubu": ("list_rows_max", 250), "case_index": ("list_page_size", 250),
         "oio": ("search_page", 500), "persons": (None, 1)}
SAMPLES = 15


@dataclasses.dataclass(frozen=True)
class Floor:
    """`pages` and `others` are calls; latencies in seconds."""

    pages: int
    page_seconds: float
    others: int
    other_seconds: float
    at_once: int

    @property
    def seconds(self):
        return (self.pages * self.page_seconds + self.others * self.other_seconds) / self.at_once

    @property
    def chain(self):
        """The pages one after the other, were all else free."""
        return self.pages * self.page_seconds


def pages_of(rows, size):
    """At least one page, which says that there is nothing."""
    return max(1, -(-rows // size))


def others_of(kind, reading, settings):
    """Calls that a listing makes beside its pages: details a row, a citizen, a chunk."""
    rows = len({row.native for row in reading.rows})
    if kind == "dubu":
        return rows if settings.get("details", True) else 0
    if kind == "fasit":
        return len({row.citizen for row in reading.rows}) if settings.get("list_details", True) else 0
    return -(-rows // settings.get("read_chunk", 50)) if kind == "oio" else 0


def median_of(call):
    took = []
    for _ in range(SAMPLES):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def latencies(readers):
    """Seconds for a page, and for another call, of each system at rest: by our own questions, put one after the other."""
    sbsys, fasit, dubu, index, oio = (readers[name] for name in ("sbsys", "fasit", "dubu", "case_index", "oio"))
    searched = {"SagsStatusIds": [6, 7], "PageNumber": 1, "PageSize": SIZES["sbsys"][1]}
    native = dubu.page(0)["value"][0]["id"]
    citizen = fasit.page(0)["rows"][0]["citizenId"]
    found = oio.get("/sag/sag", {**oio.EVERYTHING, "maximalantalresultater": 50})
    names = found["results"][0]
    return {
        "sbsys": (median_of(lambda: sbsys.ask("POST", "/api/sag/search?InkluderParterIResultat=true", searched)), 0.0),
        "fasit": (median_of(lambda: fasit.page(0)), median_of(lambda: fasit.cases(citizen))),
        "dubu": (median_of(lambda: dubu.page(0, SIZES["dubu"][1])), median_of(lambda: dubu.details(native))),
        "case_index": (median_of(lambda: index.page(0, SIZES["case_index"][1])), 0.0),
        "oio": (median_of(lambda: oio.get("/sag/sag", {**oio.EVERYTHING, "maximalantalresultater": SIZES["oio"][1]})),
                median_of(lambda: oio.objects("/sag/sag", names))),
    }


def floors(settings, world, seconds, share):
    found = {}
    rows = {row["kind"]: row for row in settings.sources["source"]}
    for kind, reading in world.readings.items():
        own, limits = rows[kind].get("settings", {}), rows[kind]["connection"].get("limits", {})
        word, size = SIZES[kind]
        at_once = max(1, int(limits.get("concurrency_max", CONCURRENCY) * share))
        pages = pages_of(len({row.native for row in reading.rows}), own.get(word, size))
        found[kind] = Floor(pages, seconds[kind][0], others_of(kind, reading, own), seconds[kind][1], at_once)
    register = settings.sources["person_register"]["connection"].get("limits", {})
    found["persons"] = Floor(len(world.by_citizen), seconds["persons"][0], 0, 0.0, max(1, int(register.get("concurrency_max", CONCURRENCY) * share)))
    return found


def main(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--citizens", type=int, default=80_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="share of a system's calls at once that polling may take")
    parser.add_argument("--rule", default="cross_department")
    arguments = parser.parse_args(words)
    now = product.now_of(None)
    with tempfile.TemporaryDirectory() as name, product.running(arguments.program, arguments.citizens, arguments.seed, now) as fakes:
        folder = pathlib.Path(name)
        config = product.configuration(REPOSITORY, folder / "config", folder / "state", fakes.bases, fakes.told, now)
        settings = Settings([config], folder / "state")
        begun = time.perf_counter()
        world = lists.read(settings, now)
        own = time.perf_counter() - begun
        seconds = latencies(lists.readers(settings, now))
        somebody = next(iter(world.by_citizen))
        seconds["persons"] = (median_of(lambda: world.persons.look_up(somebody)), 0.0)
        # No list is made while nobody knows who works here.
        product.import_staff(arguments.program, config, folder)
        begun = time.perf_counter()
        product.poll(arguments.program, config)
        polled = time.perf_counter() - begun
        product.run(arguments.program, config, arguments.rule, world.day, folder / "list.ndjson")
        whole = time.perf_counter() - begun
    found = floors(settings, world, seconds, arguments.share)
    for kind, floor in found.items():
        print(f"{kind}: {floor.pages} pages of {floor.page_seconds * 1000:.1f} ms and {floor.others} calls of {floor.other_seconds * 1000:.1f} ms, "
              f"{floor.at_once} at once: {floor.seconds:.2f} s; its pages one after the other {floor.chain:.2f} s")
    slowest = max(found, key=lambda kind: found[kind].seconds)
    floor = found[slowest].seconds
    print(f"floor {floor:.2f} s ({slowest}); polled in {polled:.2f} s, with a list in {whole:.2f} s: {whole / floor:.1f} times the floor; "
          f"this program read the same in {own:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
