"""A small configuration and invented people for the tests."""

import datetime
import pathlib

from groups.cases import ACTIVE, Case
from groups.read.persons import Person
from groups.rows import Row
from groups.settings import Settings

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
TODAY = datetime.date(2026, 11, 24)
ANNA, BO, BARN = "1405049979", "0903889980", "1702159980"
_DEMO = []


def settings():
    """The demo's configuration."""
    if not _DEMO:
        _DEMO.append(Settings([REPOSITORY / "config" / "demo", REPOSITORY / "config"]))
    return _DEMO[0]


def row(source="sbsys", native="1", citizen=ANNA, **facts):
    return Row(source=source, native=native, citizen=citizen, **facts)


def case(category="employment", department="JVS", unit="JVS-JOB", opened=datetime.date(2024, 3, 1), **facts):
    told = {"source": "sbsys", "native": "1", "phase": ACTIVE, "level": 1, "is_screened": False, "is_orphan": False}
    return Case(department=department, unit=unit, category=category, opened=opened, **{**told, **facts})


def person(number=ANNA, born=datetime.date(1980, 1, 1), **facts):
    return Person(**{"number": number, "in_force": number, "born": born, "status": "1", "is_protected": False, **facts})
