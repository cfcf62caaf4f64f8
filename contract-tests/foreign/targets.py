#!/usr/bin/env python3
"""Each target group's list, computed by a program that shares no code with the product, from what every system tells over its own API.

    targets.py read [--fakes PROGRAM | --config FOLDER --state FOLDER]    reads everything; counts by system and rule
    targets.py compare --config FOLDER --state FOLDER FILES               compares lists that the product wrote (RULE.ndjson in FILES)
    targets.py check PROGRAM [--month-later SEED]                         the whole journey: fakes, poll, five runs, compare; and after a month
    targets.py check PROGRAM --incomplete SOURCE=FAULT ... | --incomplete all
                                                                          a system is made incomplete after a month: no false *ended*
    targets.py --self-test                                                is all that is pure right, and are mistakes found?

PROGRAM is `glasplade` with its fakes. It is started with invented people on free ports and stopped again. The lists are computed from the
public documents of the systems, the municipality's configuration as data, and the house's documents of what may be told; neither the
adapters nor the policies are read. Differences are told as kind and count, never with a number; `--details FILE` keeps who is behind
them, for the owner of that file alone. Exit code 0: no difference; 1: there are some; 2: a command failed. Standard library only.
"""

import argparse
import datetime
import pathlib
import shutil
import sys
import tempfile
import unittest

# What is imported lies in the repository: nothing is written beside it.
sys.dont_write_bytecode = True

from groups import compare, lists, product, proxy
from groups.rules import RULES, WITHOUT_SOURCE
from groups.settings import Settings

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MONTH = datetime.timedelta(days=30)
# These have few pages in a small town: a fault that strikes on a later one strikes here.
FEW_PAGES = {"fasit": 2, "sbsys": 2, "persons": 3}


def settings_of(folder, state, bases=None):
    """The configuration; a rule whose condition this program does not know ends the run."""
    folder = pathlib.Path(folder)
    settings = Settings([folder, folder.parent] if folder.name == "demo" else [folder], state, bases)
    unknown = settings.unknown_rules()
    if unknown:
        raise SystemExit(f"these rules were rewritten, and this program computes the old ones: {', '.join(unknown)}")
    return settings


def told(world, found, untold):
    for name, reading in world.readings.items():
        unreadable = ", ".join(f"{count} {what}" for what, count in reading.unreadable.items() if count) or "none"
        citizens = len({row.citizen for row in reading.rows})
        print(f"{name}: {len(reading.rows)} rows of {citizens} citizens on {reading.pages} pages; unreadable: {unreadable}")
    for code in RULES:
        why = world.settings.why_off(code, world.day)
        sure = sum(one.is_sure for one in found[code].values())
        note = f"; off: {why}" if why else f"; no system tells {WITHOUT_SOURCE[code]}" if code in WITHOUT_SOURCE else ""
        print(f"{code}: {sure} are on it, {len(found[code]) - sure} may be, {len(untold[code])} match and may not be told of{note}")


def read_all(settings, now):
    world = lists.read(settings, now, staff=product.STAFF.values())
    return world, *lists.lists(world)


def verdict(differences, details):
    for line in differences.lines():
        print(f"DIFFERENCE {line}")
    for kind, count in sorted(differences.allowed.items()):
        print(f"not decided by the documents: {count:6} {kind}")
    if details:
        product.details(details, differences)
    print("no difference" if not differences else f"{sum(differences.counts.values())} differences")
    return 1 if differences else 0


def gaps_of(code, file, differences):
    """A fact that no system tells must be said, and an empty list without that is a lie."""
    kinds = {gap["kind"] for gap in file.end["gaps"]}
    if (code in WITHOUT_SOURCE) != ("fact_without_source" in kinds):
        differences.add(f"{code}: {'does not say' if code in WITHOUT_SOURCE else 'says'} that a fact has no source", code)
    if "source_incomplete" in kinds:
        differences.add(f"{code}: says that a source was incomplete, and none was", code)


def compare_files(world, found, untold, folder, differences):
    files = {}
    for code in RULES:
        if world.settings.why_off(code, world.day):
            continue
        files[code] = compare.read(pathlib.Path(folder) / f"{code}.ndjson")
        compare.compare(code, files[code], found[code], untold[code], differences)
    return files


def runs(program, config, world, folder, may_refuse=False):
    folder.mkdir(parents=True, exist_ok=True)
    for code in RULES:
        if not world.settings.why_off(code, world.day):
            try:
                product.run(program, config, code, world.day, folder / f"{code}.ndjson")
            except product.Failed:
                if not may_refuse:
                    raise
    return folder


def gone_in(world):
    def gone(who):
        person = world.persons.known.get(who)
        return person.gone if person else "unknown"
    return gone


def read(arguments):
    now = product.now_of(arguments.now)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.fakes:
            with product.running(arguments.fakes, arguments.citizens, arguments.seed, now, arguments.month_later) as fakes:
                state = pathlib.Path(folder) / "state"
                config = product.configuration(REPOSITORY, pathlib.Path(folder) / "config", state, fakes.bases, fakes.told, now)
                told(*read_all(settings_of(config, state), now))
        else:
            told(*read_all(settings_of(arguments.config, arguments.state), now))
    return 0


def compare_command(arguments):
    differences = compare.Differences()
    world, found, untold = read_all(settings_of(arguments.config, arguments.state), product.now_of(arguments.now))
    told(world, found, untold)
    for code, file in compare_files(world, found, untold, arguments.files, differences).items():
        gaps_of(code, file, differences)
    return verdict(differences, arguments.details)


def check(arguments):
    """The first town is that of a month ago, read today; so that whoever asks what is newer than now finds all of the second one."""
    now, differences = product.now_of(arguments.now), compare.Differences()
    town = (arguments.program, arguments.citizens, arguments.seed)
    is_later = arguments.month_later is not None or arguments.incomplete
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        state = folder / "state"
        # Once: this may take an hour, and a program refuses the configuration of a later one.
        shipped = product.shipped(REPOSITORY, folder / "shipped")

        def at(fakes, config="config", where=state):
            return product.configuration(shipped, folder / config, where, fakes.bases, fakes.told, now, bool(arguments.incomplete))

        with product.running(*town, now - MONTH if is_later else now) as fakes:
            config = at(fakes)
            before = read_all(settings_of(config, state), now)
            told(*before)
            product.import_staff(arguments.program, config, folder)
            product.poll(arguments.program, config)
            first = compare_files(*before, runs(arguments.program, config, before[0], folder / "first"), differences)
            for code, file in first.items():
                gaps_of(code, file, differences)
        if is_later:
            seed = 1 if arguments.month_later is None else arguments.month_later
            with product.running(*town, now, seed) as fakes:
                config = at(fakes)
                after = read_all(settings_of(config, state), now)
                print("a month later")
                told(*after)
                in_force = after[0].persons.in_force
                after[0].persons.all_of(who for one in before[1].values() for who in one)
                if arguments.incomplete:
                    for source, fault in faults_of(arguments.incomplete):
                        incomplete(arguments, shipped, (source, fault), fakes, folder, (before[1], after), now, differences, compare.names_of(first.values()))
                else:
                    product.poll(arguments.program, config)
                    second = compare_files(*after, runs(arguments.program, config, after[0], folder / "second"), differences)
                    names = compare.names_of(first.values())
                    for code, file in second.items():
                        compare.name(file, names)
                        gaps_of(code, file, differences)
                        compare.compare_changes(code, file, first[code], after[1][code], before[1][code], after[2][code], in_force, differences,
                                                gone_in(after[0]))
        return verdict(differences, arguments.details)


def faults_of(texts):
    if texts == ["all"]:
        return [(source, fault) for source in product.KINDS[:6] for fault in proxy.FAULTS
                if source != "persons" or fault in ("refused", "hanging", "500-on-page", "cut-body")]
    return [tuple(text.split("=", 1)) for text in texts]


def incomplete(arguments, shipped, which, fakes, folder, readings, now, differences, names):
    """From the state of the first run: polled once through a door that makes one system incomplete, then each rule run."""
    source, fault = which
    earlier, (world, found, _) = readings
    in_force = world.persons.in_force
    here = folder / f"{source}-{fault}"
    shutil.copytree(folder / "state", here / "state")
    door = proxy.Door(source, fakes.bases[source], fault, min(arguments.page, FEW_PAGES.get(source, arguments.page)))
    with proxy.opened(door) as address:
        bases = {**fakes.bases, source: address}
        config = product.configuration(shipped, here / "config", here / "state", bases, fakes.told, now, has_small_pages=True)
        try:
            product.poll(arguments.program, config)
        except product.Failed as failed:
            # What it left behind is what the runs read. One that never got as far as the door failed for another reason.
            if not door.struck:
                print(f"{source}={fault}: {failed}", file=sys.stderr)
        files = sorted(runs(arguments.program, config, world, here / "files", may_refuse=True).glob("*.ndjson"))
    before = sum(differences.counts.values())
    ended = 0
    for path in files:
        file = compare.read(path)
        compare.name(file, names)
        ended += sum(row["change"] == "ended" for row in file.citizens.values())
        compare.false_ends(f"{source}={fault}: {path.stem}", file, found[path.stem], earlier[path.stem], in_force, differences)
    if not door.struck:
        differences.add(f"{source}={fault}: never struck, and proves nothing", source)
    print(f"{source}={fault}: struck {door.struck} times, {len(files)} lists, {ended} ended, {sum(differences.counts.values()) - before} wrong")


def arguments_of(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--now", help="the moment that all is read for; without it, the present one")
    shared.add_argument("--citizens", type=int, default=2000)
    shared.add_argument("--seed", type=int, default=1)
    shared.add_argument("--month-later", type=int, metavar="SEED")
    shared.add_argument("--details", help="who is behind each difference, in a file of the caller's own")
    for verb in ("read", "compare"):
        one = verbs.add_parser(verb, parents=[shared])
        one.add_argument("--config", default=REPOSITORY / "config" / "demo")
        one.add_argument("--state", default="target/demo")
        if verb == "read":
            one.add_argument("--fakes", metavar="PROGRAM")
        else:
            one.add_argument("files")
    one = verbs.add_parser("check", parents=[shared])
    one.add_argument("program")
    one.add_argument("--incomplete", nargs="+", metavar="SOURCE=FAULT")
    one.add_argument("--page", type=int, default=37, help="on which question for a page a fault of pages strikes")
    return parser.parse_args(words)


def self_test():
    """The tests of what is pure, and of the door that makes a system incomplete."""
    tests = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent / "tests"), top_level_dir=str(pathlib.Path(__file__).parent))
    result = unittest.TextTestRunner(verbosity=0).run(tests)
    return 0 if result.wasSuccessful() and result.testsRun else 1


def main(words):
    if words == ["--self-test"]:
        return self_test()
    arguments = arguments_of(words)
    try:
        return {"read": read, "compare": compare_command, "check": check}[arguments.verb](arguments)
    except product.Failed as failed:
        print(failed, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
