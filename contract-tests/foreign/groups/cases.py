"""Rows of one citizen become cases: the same case seen through two systems is one, and the system that owns it decides."""

import dataclasses
import datetime

from . import classify
from .rows import OVER, VOID

INDEX = "case_index"
ACTIVE, FUTURE, CLOSED, NONE = "active", "future", "closed", "none"


@dataclasses.dataclass(frozen=True)
class Case:
    source: str
    native: str
    department: str | None
    unit: str | None
    category: str
    phase: str
    opened: datetime.date | None
    level: int
    is_screened: bool
    # The row of the system that owns it is missing: the index alone never opens a case of a system that is read.
    is_orphan: bool
    party: str = "primary"
    # Why the documents do not say for certain what this is.
    doubt: str = ""


def phase_of(row, day):
    if row.state == VOID:
        return NONE
    if row.state == OVER:
        return CLOSED
    return FUTURE if row.opened is not None and row.opened > day else ACTIVE


def owner_source(row, settings):
    """The configured system that owns a row of the index, by the ids under which the index knows the systems."""
    low = {one.lower() for one in row.masters}
    for source in settings.sources["source"]:
        if low & {one.lower() for one in source.get("index_system_ids", [])}:
            return source["id"]
    return None


def joined(rows, settings):
    """Groups of rows about one case: by UUID, then by the case number within the system that the index names. Two rows of one system never join."""
    groups = [[row] for row in rows]

    def merge(one, other):
        if one is other or {row.source for row in one} & {row.source for row in other}:
            return
        one.extend(other)
        groups[:] = [group for group in groups if group is not other]

    home = lambda row: next(group for group in groups if row in group)
    by_uuid = {}
    for row in rows:
        if row.uuid:
            merge(home(by_uuid.setdefault(row.uuid, row)), home(row))
    for row in rows:
        owner = owner_source(row, settings) if row.source == INDEX else None
        alike = [one for one in rows if one.source == owner and row.number and same_number(one.number, row.number)]
        if len(alike) == 1:
            merge(home(row), home(alike[0]))
    return groups


def same_number(one, other):
    return one.strip().casefold() == other.strip().casefold()


def case_of(group, settings, day):
    index = [row for row in group if row.source == INDEX]
    owner = next((owner_source(row, settings) for row in index if owner_source(row, settings)), None)
    own = [row for row in group if row.source == owner] or [row for row in group if row.source != INDEX]
    decides = own[0] if own else index[0]
    department, unit = classify.owner_of(decides, settings)
    category = classify.category_of(decides, settings)
    doubts = [] if len(own) < 2 else ["two systems own it"]
    others = {classify.category_of(row, settings) for row in group if row is not decides} - {category, "unclassified"}
    if others:
        doubts.append("the systems disagree about what it is about")
    return Case(
        source=decides.source, native=decides.native, department=department, unit=unit, category=category, phase=phase_of(decides, day),
        opened=decides.opened, level=max(classify.level_of(row, settings) for row in group), is_screened=any(row.is_screened for row in group),
        is_orphan=bool(index) and not own and owner is not None, party=decides.party, doubt="; ".join(doubts))


def cases_of(rows, settings, day):
    """The cases of one citizen, in the order of source and first day."""
    kept = [row for row in dict.fromkeys(rows) if not classify.is_anonymous(row)]
    found = [case_of(group, settings, day) for group in joined(kept, settings)]
    return sorted(found, key=lambda case: (case.source, case.opened or datetime.date.max, case.native))
