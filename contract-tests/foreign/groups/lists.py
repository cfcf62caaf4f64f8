"""The whole: every system read, and each rule's list. Where the documents leave room a citizen *may* be on a list; everybody else must, or must not."""

import collections
import dataclasses
import datetime

from . import cases, disclose, moments, reasons, rules
from .read.case_index import CaseIndex
from .read.dubu import Dubu
from .read.fasit import Fasit
from .read.oio import Oio
from .read.persons import Persons
from .read.sbsys import Sbsys

NARROW, WIDE = "narrow", "wide"


@dataclasses.dataclass
class House:
    """The citizen, as far as the receiver may be told."""

    mine: list
    kin: list
    born: datetime.date | None


@dataclasses.dataclass
class Listed:
    """One citizen who must (or may) be on a list: what the row may say, one for each way."""

    cells: list
    is_sure: bool = True
    why: str = ""


@dataclasses.dataclass
class World:
    """What all systems told at one time."""

    settings: object
    day: datetime.date
    persons: object
    readings: dict
    by_citizen: dict
    objections: frozenset = frozenset()
    staff: frozenset = frozenset()


def readers(settings, now):
    row = {one["kind"]: one for one in settings.sources["source"]}
    base = lambda kind: row[kind]["connection"]["base_url"]
    own = lambda kind: row[kind].get("settings", {})
    secret = lambda kind: lambda name: settings.secret(own(kind)[name])
    return {
        "sbsys": Sbsys(base("sbsys"), own("sbsys"), secret("sbsys")),
        "fasit": Fasit(base("fasit"), own("fasit"), secret("fasit"), now),
        "dubu": Dubu(base("dubu"), own("dubu"), secret("dubu")),
        "case_index": CaseIndex(base("case_index"), own("case_index"), now),
        "oio": Oio(base("oio"), own("oio"), now),
    }


def read(settings, now, objections=(), staff=()):
    """Reads everything."""
    day = moments.danish(now).date()
    readings = {name: one.read() for name, one in readers(settings, now).items()}
    register = settings.sources["person_register"]
    persons = Persons(register["connection"]["base_url"], register["settings"], day)
    rows = [row for reading in readings.values() for row in reading.rows]
    persons.all_of(row.citizen for row in rows)
    persons.all_of(one.in_force for one in list(persons.known.values()) if one)
    persons.all_of(child for one in list(persons.known.values()) if one for child in one.children)
    return World(settings, day, persons, readings, by_citizen(rows, persons.in_force),
                 frozenset(map(persons.in_force, objections)), frozenset(map(persons.in_force, staff)))


def by_citizen(rows, in_force):
    """Each citizen's rows under the number in force; a case under two numbers of one citizen is one row."""
    found = collections.defaultdict(dict)
    for row in rows:
        citizen = in_force(row.citizen)
        one = dataclasses.replace(row, citizen=citizen)
        before = found[citizen].get((row.source, row.native))
        if before is None or before.party != "primary":
            found[citizen][row.source, row.native] = one
    return {citizen: list(one.values()) for citizen, one in found.items()}


def kept(found, how):
    """The cases of a reading: the narrow one leaves out what the documents do not settle."""
    return found if how == WIDE else [case for case in found if not case.doubt and case.party == "primary"]


def ways_of(world, code, citizen, how, facts, is_cut=True):
    """The ways in which a citizen matches a rule. `facts` gives anybody's cases."""
    person = world.persons.known.get(citizen)
    tell = lambda found: disclose.told(kept(found, how), code, world.settings) if is_cut else kept(found, how)
    kin = []
    for child in person.children if person else ():
        child = world.persons.in_force(child)
        of_child = world.persons.known.get(child)
        if how == WIDE or disclose.why_nobody(of_child, world.objections, child) is None:
            kin.append(("child", tell(facts(child))))
    return rules.RULES[code](House(tell(facts(citizen)), kin, person.born if person else None), world.day)


def is_barred(world, citizen, how):
    """Why nobody may be told of this citizen. Who has disappeared or left the country is "departed", which no document defines."""
    why = disclose.why_nobody(world.persons.known.get(citizen), world.objections, citizen)
    # "Never, whatever the role: a colleague's case without a direct actor relation", and no list has a person for a receiver.
    if citizen in world.staff:
        return "works here"
    return None if how == WIDE and why in ("disappeared", "emigrated") else why


def lists(world):
    """Each rule's citizens, and for each rule who matches by all facts and is not told of, with why."""
    kept_cases = {}

    def facts(citizen):
        if citizen not in kept_cases:
            kept_cases[citizen] = cases.cases_of(world.by_citizen.get(citizen, []), world.settings, world.day)
        return kept_cases[citizen]

    found, untold = {}, {}
    for code in rules.RULES:
        found[code], untold[code] = {}, {}
        for citizen in world.by_citizen:
            ways = {how: ways_of(world, code, citizen, how, facts) for how in (NARROW, WIDE)}
            sure = bool(ways[NARROW]) and not is_barred(world, citizen, NARROW)
            may = (bool(ways[WIDE]) or bool(ways[NARROW])) and not is_barred(world, citizen, WIDE)
            if sure or may:
                years = years_of(world, citizen)
                every = ways[NARROW] + [way for way in ways[WIDE] if way not in ways[NARROW]]
                cells = [reasons.cells(way, code, years, world.settings) for way in every]
                found[code][citizen] = Listed(cells, sure, "" if sure else doubt_of(world, citizen, every))
            elif ways_of(world, code, citizen, WIDE, facts, is_cut=False):
                untold[code][citizen] = is_barred(world, citizen, WIDE) or "a case may not be told"
    return found, untold


def doubt_of(world, citizen, ways):
    told = [case.doubt or f"a {case.party} party" for way in ways for _, case in way if case.doubt or case.party != "primary"]
    return is_barred(world, citizen, NARROW) or (told[0] if told else "a child of whom nothing is told")


def years_of(world, citizen):
    person = world.persons.known.get(citizen)
    return moments.months_old(person.born, world.day) // 12 if person and person.born else None
