"""Kinds, owners, cases, and who may be told."""

import datetime
import unittest

from groups import cases, classify, disclose
from groups.rows import OVER, RUNNING, VOID

from . import town


class Kinds(unittest.TestCase):
    def kind(self, **facts):
        return classify.kind_of(town.row(**facts), town.settings())

    def test_the_source_decides_before_the_law_and_the_law_before_the_number(self):
        self.assertEqual(self.kind(template="Værgemål", law="SEL § 85", kle="15.17.06"), "guardian_case")
        self.assertEqual(self.kind(law="SEL § 85", kle="15.17.06"), "support_85")
        self.assertEqual(self.kind(kle="15.17.06"), "sickness_benefit")
        self.assertIsNone(self.kind(kle="15.17.0"))
        self.assertEqual(self.kind(source="fasit", type_codes=("6.3",)), "job_plan")
        self.assertIsNone(self.kind(source="sbsys", type_codes=("6.3",)), "a code of another system")

    def test_a_paragraph_is_whole_words_and_the_longer_one_first(self):
        law = "LBK om social service (serviceloven) "
        self.assertEqual(self.kind(source="case_index", law=law + "§ 85, Stk. 1"), "support_85")
        self.assertEqual(self.kind(source="case_index", law=law + "§ 85 a, Stk. 1"), "housing_first_85a")
        self.assertEqual(self.kind(source="case_index", law=law + "§ 109"), "crisis_centre_109")
        self.assertNotEqual(self.kind(source="case_index", law=law + "§ 1090"), "crisis_centre_109")

    def test_a_rule_with_a_last_day_needs_a_known_day(self):
        law = "lov om aktiv socialpolitik § 22"
        self.assertEqual(self.kind(law=law, opened=datetime.date(2025, 6, 30)), "transition_benefit")
        self.assertEqual(self.kind(law=law, opened=datetime.date(2025, 7, 1)), "cash_benefit")
        self.assertEqual(self.kind(law=law), "cash_benefit")

    def test_anonymous_treatment_is_no_row(self):
        self.assertTrue(classify.is_anonymous(town.row(law="SEL § 101 a")))
        self.assertFalse(classify.is_anonymous(town.row(law="SEL § 101 anden")))
        self.assertFalse(classify.is_anonymous(town.row(law="SEL § 101")))

    def test_the_first_matcher_that_holds_decides(self):
        owner = lambda **facts: classify.owner_of(town.row(**facts), town.settings())
        self.assertEqual(owner(units=("301",)), ("JVS", "JVS-JOB"))
        self.assertEqual(owner(source="case_index", units=("6A5B0000-0001-4000-8000-000000000004",)), ("JSY", "JSY-YDELSE"))
        self.assertEqual(owner(source="case_index", masters=("nexus",)), ("MSO", None))
        self.assertEqual(owner(units=("999",)), (None, None))

    def test_a_source_may_raise_a_level_and_never_lower_it(self):
        level = lambda **facts: classify.level_of(town.row(**facts), town.settings())
        self.assertEqual(level(template="Værgemål", level=3), 3)
        self.assertEqual(level(template="Socialpædagogisk støtte § 85", level=0), 2)
        self.assertEqual(level(), 2, "what nobody knows is sensitive")


SBSYS = "5b5b0001-0000-4000-8000-000000000001"


class Cases(unittest.TestCase):
    def of(self, *rows):
        return cases.cases_of(list(rows), town.settings(), town.TODAY)

    def own(self, native="1", **facts):
        return town.row(native=native, **{"uuid": f"uuid-{native}", "number": f"n-{native}", "units": ("301",), "template": "Enkeltydelse", **facts})

    def index(self, native="uuid-1", **facts):
        return town.row("case_index", native, **{"uuid": native, "masters": (SBSYS, "sbsys"), **facts})

    def test_one_case_in_two_systems_is_one_and_the_owner_decides(self):
        found, = self.of(self.own(opened=datetime.date(2024, 1, 2)), self.index(opened=datetime.date(2020, 1, 1), state=OVER))
        self.assertEqual((found.source, found.department, found.phase, found.opened), ("sbsys", "JVS", cases.ACTIVE, datetime.date(2024, 1, 2)))

    def test_the_number_joins_within_the_system_that_the_index_names(self):
        self.assertEqual(len(self.of(self.own(), self.index("other", number=" N-1 "))), 1)
        self.assertEqual(len(self.of(self.own(), self.index("other", number="n-1", masters=("ky",)))), 2)
        self.assertEqual(len(self.of(self.own("1", number="x"), self.own("2", number="x"), self.index("other", number="x"))), 3)

    def test_two_rows_of_one_system_never_join(self):
        self.assertEqual(len(self.of(self.own("1"), self.own("2", uuid="uuid-1"))), 2)
        self.assertEqual(len(self.of(self.own("1"), self.index("uuid-1"), self.index("other", number="n-1"))), 2)

    def test_the_strictest_of_all_rows_counts(self):
        found, = self.of(self.own(), self.index(level=3, is_screened=True))
        self.assertEqual((found.level, found.is_screened), (3, True))

    def test_a_row_of_the_index_alone_is_an_orphan_where_its_system_is_read(self):
        self.assertTrue(self.of(self.index())[0].is_orphan)
        self.assertFalse(self.of(self.index(masters=("ky",)))[0].is_orphan)

    def test_where_a_case_stands(self):
        phase = lambda **facts: cases.phase_of(town.row(**facts), town.TODAY)
        self.assertEqual(phase(opened=town.TODAY), cases.ACTIVE)
        self.assertEqual(phase(opened=town.TODAY + datetime.timedelta(days=1)), cases.FUTURE)
        self.assertEqual(phase(state=OVER), cases.CLOSED)
        self.assertEqual(phase(state=VOID), cases.NONE)
        self.assertEqual(phase(state=RUNNING), cases.ACTIVE)


class Told(unittest.TestCase):
    def why(self, rule="cross_department", **facts):
        return disclose.why_not(town.case(**facts), rule, town.settings())

    def test_what_the_statute_names_is_told_and_nothing_else(self):
        self.assertIsNone(self.why())
        self.assertEqual(self.why(category="substance_use", level=2), "category")
        self.assertEqual(self.why(department="BFF", unit="BFF-MYND"), "department")
        self.assertEqual(self.why(department=None, unit=None), "department")
        self.assertEqual(self.why("long_cash_benefit", category="benefit", department="JSY", level=2), "level")
        self.assertIsNone(self.why("long_cash_benefit", category="benefit", department="JSY"))

    def test_what_is_screened_or_of_the_highest_level_is_told_to_nobody(self):
        self.assertEqual(self.why(is_screened=True), "screened")
        self.assertEqual(self.why(level=3), "level")
        self.assertEqual(self.why(is_orphan=True), "the owner's row is missing")

    def test_who_is_on_no_list(self):
        why = lambda **facts: disclose.why_nobody(town.person(**facts), {town.BO}, facts.get("number", town.ANNA))
        self.assertIsNone(why())
        self.assertEqual(why(is_protected=True), "protected")
        self.assertEqual(why(status="90"), "dead")
        self.assertEqual(why(number=town.BO), "objects")
        self.assertEqual(disclose.why_nobody(None, set(), town.ANNA), "not in the register")

    def test_all_five_rules_are_on_and_none_is_when_nobody_confirmed(self):
        from groups.settings import Settings
        shipped = Settings([town.REPOSITORY / "config"])
        for code in town.settings().rules:
            self.assertIsNone(town.settings().why_off(code, town.TODAY), code)
            self.assertEqual(town.settings().why_off(code, datetime.date(2031, 1, 1)), "the approval is over")
            self.assertEqual(shipped.why_off(code, town.TODAY), "no approval")
        self.assertEqual(town.settings().unknown_rules(), [])
