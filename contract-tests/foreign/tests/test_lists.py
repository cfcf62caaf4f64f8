"""From rows to lists, without any system."""

import dataclasses
import datetime
import pathlib
import tempfile
import unittest

from groups import lists, product
from groups.settings import Settings

from . import town

FORMER, GROWN = "6702979979", "0702979979"
YDELSE, JOB, BOERN = "6a5b0000-0001-4000-8000-000000000004", "301", "501"


class Register:
    """A register of a few, in the shape of the one that asks."""

    def __init__(self, *people, former=None):
        self.known, self.former = {one.number: one for one in people}, former or {}

    def in_force(self, one):
        return self.former.get(one, one)


def world(rows, people, former=None, **more):
    register = Register(*people, former=former)
    return lists.World(town.settings(), town.TODAY, register, {}, lists.by_citizen(rows, register.in_force), **more)


def job(citizen=town.ANNA, **facts):
    return town.row("fasit", f"job-{citizen}", citizen, **{"type_codes": ("6.3",), "units": (JOB,), "opened": datetime.date(2024, 3, 1), **facts})


def benefit(citizen=town.ANNA, **facts):
    told = {"law": "lov om aktiv socialpolitik § 11", "masters": ("ky",), "units": (YDELSE,), "opened": datetime.date(2025, 1, 15), **facts}
    return town.row("case_index", f"benefit-{citizen}", citizen, **told)


def childs(citizen=town.BARN, **facts):
    return town.row("dubu", f"child-{citizen}", citizen, **{"type_codes": ("Anbringelse",), "units": (BOERN,), "opened": datetime.date(2025, 6, 1), **facts})


class Lists(unittest.TestCase):
    def of(self, code, rows, people, **more):
        found, untold = lists.lists(world(rows, people, **more))
        return {who: one.is_sure for who, one in found[code].items()}, untold[code]

    def test_two_departments_put_a_citizen_on_the_list_and_the_cells_say_why(self):
        found, _ = lists.lists(world([job(), benefit()], [town.person()]))
        one = found["cross_department"][town.ANNA]
        self.assertIn("Aktiv sag i Job, Sundhed og Ydelse siden 15. jan. 2025 og i Job og Virksomhedsservice siden 1. mar. 2024.", one.cells[0]["reason"])
        self.assertEqual((one.is_sure, one.cells[0]["departments"], one.cells[0]["since"]), (True, [["JSY", "JVS"]], ["2024-03-01"]))
        self.assertEqual([len(found[code]) for code in found], [1, 0, 0, 0, 0])

    def test_what_may_not_be_told_puts_nobody_on_a_list(self):
        treatment = benefit(law="SEL § 101", level=2)
        self.assertEqual(self.of("cross_department", [job(), treatment], [town.person()]), ({}, {town.ANNA: "a case may not be told"}))
        for facts, why in (({"is_protected": True}, "protected"), ({"status": "90"}, "dead")):
            self.assertEqual(self.of("cross_department", [job(), benefit()], [town.person(**facts)]), ({}, {town.ANNA: why}))
        self.assertEqual(self.of("cross_department", [job(), benefit()], []), ({}, {town.ANNA: "not in the register"}))
        self.assertEqual(self.of("cross_department", [job(), benefit()], [town.person()], objections=frozenset([town.ANNA]))[1], {town.ANNA: "objects"})
        self.assertEqual(self.of("cross_department", [job(), benefit()], [town.person()], staff=frozenset([town.ANNA]))[1], {town.ANNA: "works here"})

    def test_where_the_documents_leave_room_either_is_right(self):
        for rows, people in (([job(party="secondary"), benefit()], [town.person()]), ([job(), benefit()], [town.person(status="80")])):
            self.assertEqual(self.of("cross_department", rows, people)[0], {town.ANNA: False})

    def test_a_family_is_who_the_register_says(self):
        rows, parent = [job(), childs()], town.person(children=(town.BARN,))
        self.assertEqual(self.of("family_job_child", rows, [parent, town.person(town.BARN)])[0], {town.ANNA: True})
        self.assertEqual(self.of("family_job_child", rows, [parent, town.person(town.BARN, is_protected=True)])[0], {town.ANNA: False})
        self.assertEqual(self.of("family_job_child", rows, [town.person(), town.person(town.BARN)]), ({}, {}))

    def test_a_citizen_with_a_new_number_is_one(self):
        rows, people = [job(FORMER), benefit(GROWN)], [town.person(GROWN), town.person(FORMER, is_protected=True, status="60")]
        self.assertEqual(self.of("cross_department", rows, people, former={FORMER: GROWN})[0], {GROWN: True})
        self.assertEqual(self.of("cross_department", rows, people), ({}, {}))

    def test_one_case_under_two_numbers_is_one_and_the_primary_party_stays(self):
        rows = [job(FORMER), dataclasses.replace(job(FORMER), citizen=GROWN, party="secondary")]
        for order in (rows, rows[::-1]):
            one, = lists.by_citizen(order, Register(former={FORMER: GROWN}).in_force)[GROWN]
            self.assertEqual(one.party, "primary")

    def test_the_passage_shows_age_alone(self):
        born = datetime.date(2010, 5, 1)
        found, _ = lists.lists(world([childs()], [town.person(town.BARN, born)]))
        cells, = found["transition"][town.BARN].cells
        self.assertEqual((cells["reason"], cells["age_years"], cells["departments"]), (["16 år; aktiv sag."], [16], [None]))


class Configuration(unittest.TestCase):
    def test_a_configuration_is_pointed_at_the_fakes_and_its_secrets_are_there(self):
        bases = {kind: f"http://127.0.0.1:{port}" for port, kind in enumerate(product.KINDS, 1)}
        with tempfile.TemporaryDirectory() as name:
            folder, state = pathlib.Path(name) / "config", pathlib.Path(name) / "state"
            told = {"sbsys-client-secret": "a", "sbsys-password": "b", "dubu-cookie": "c"}
            product.configuration(town.REPOSITORY, folder, state, bases, told, product.now_of("2026-11-24T09:00:00+01:00"))
            settings = Settings([folder], state)
            self.assertEqual({row["kind"]: row["connection"]["base_url"] for row in settings.connections()}, bases)
            own = settings.source["sbsys"]["settings"]
            self.assertEqual((settings.secret(own["client_secret"]), settings.secret(settings.source["dubu"]["settings"]["cookie"])), ("a", "c"))
            self.assertNotIn("target/demo", (folder / "glasplade.toml").read_text())
            self.assertEqual({path.stat().st_mode & 0o077 for path in state.iterdir()}, {0})
            self.assertEqual(len(settings.approvals), 5)
            product.configuration(town.REPOSITORY, folder, state, bases, told, product.now_of("2026-11-24T09:00:00+01:00"), has_small_pages=True)
            own = {code: row["settings"] for code, row in Settings([folder], state).source.items()}
            sizes = [own["sbsys"]["page_size"], own["dubu"]["list_rows_max"], own["case_index"]["list_page_size"], own["oio"]["search_page"]]
            self.assertEqual((sizes, len(own["oio"]["sensitivity_levels"])), ([10, 10, 20, 10], 4))
