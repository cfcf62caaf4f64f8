"""The five rules at their borders, and what a list says of who matches."""

import datetime
import unittest

from groups import reasons, rules
from groups.lists import House

from . import town

DAY = datetime.date


def house(*mine, kin=(), born=DAY(1980, 1, 1)):
    return House(list(mine), list(kin), born)


class Rules(unittest.TestCase):
    def on(self, code, one, day=town.TODAY):
        return bool(rules.RULES[code](one, day))

    def test_two_departments_with_a_running_case_each(self):
        job, benefit = town.case(), town.case("benefit", "JSY", "JSY-YDELSE")
        self.assertTrue(self.on("cross_department", house(job, benefit)))
        for other in (town.case("integration"), town.case("benefit", None, None), town.case("benefit", "JSY", phase="future"),
                      town.case("benefit", "JSY", phase="closed")):
            self.assertFalse(self.on("cross_department", house(job, other)))

    def test_the_oldest_case_of_each_department_explains(self):
        old, young = town.case(native="old", opened=DAY(2020, 1, 1)), town.case(native="young")
        way, = rules.cross_department(house(young, old, town.case("benefit", "JSY")), town.TODAY)
        self.assertEqual([case.native for _, case in way], ["1", "old"])

    def test_a_parent_with_a_job_case_and_a_child_with_a_childs_case(self):
        child = lambda **facts: ("child", [town.case("child", "BFF", "BFF-MYND", **facts)])
        self.assertTrue(self.on("family_job_child", house(town.case(), kin=[("child", []), child()])))
        self.assertFalse(self.on("family_job_child", house(town.case(), kin=[child(phase="closed")])))
        self.assertFalse(self.on("family_job_child", house(town.case("benefit"), kin=[child()])))
        self.assertFalse(self.on("family_job_child", house(town.case(), town.case("child"))))

    def test_the_passage_to_adulthood(self):
        born = DAY(2010, 11, 21)
        for day, is_on in ((DAY(2026, 11, 20), False), (DAY(2026, 11, 21), True), (DAY(2027, 11, 20), True), (DAY(2027, 11, 21), False),
                           (DAY(2028, 5, 20), False), (DAY(2028, 5, 21), True), (DAY(2028, 11, 20), True), (DAY(2028, 11, 21), False)):
            self.assertEqual(self.on("transition", house(town.case("child"), born=born), day), is_on, day)
        self.assertFalse(self.on("transition", house(born=born), DAY(2026, 12, 1)))
        self.assertFalse(self.on("transition", house(town.case(), born=None), DAY(2026, 12, 1)))

    def test_fifty_and_two_different_of_four(self):
        fifty = DAY(1976, 11, 24)
        use, home = town.case("substance_use", "JSY"), town.case("homelessness", "SUV")
        long, short = (town.case(opened=town.TODAY - datetime.timedelta(days=days)) for days in (365, 364))
        on = lambda *mine, born=fifty: self.on("fifty_plus", house(*mine, born=born))
        self.assertTrue(on(use, home) and on(home, long))
        self.assertFalse(on(use, use) or on(home, short) or on(long, long) or on(home, town.case(opened=None)) or on(use))
        self.assertFalse(on(use, home, born=DAY(1976, 11, 25)) or on(use, home, born=None))

    def test_nobody_is_known_to_have_had_a_benefit_for_eight_years(self):
        self.assertFalse(self.on("long_cash_benefit", house(town.case("benefit", "JSY", opened=DAY(2000, 1, 1)))))


class Reasons(unittest.TestCase):
    def cells(self, rule, way, years=46):
        return reasons.cells(way, rule, years, town.settings())

    def test_departments_and_dates(self):
        way = [("oneself", town.case("benefit", "JSY", "JSY-YDELSE", DAY(2025, 1, 15))), ("oneself", town.case())]
        cells = self.cells("cross_department", way)
        self.assertIn("Aktiv sag i Job, Sundhed og Ydelse siden 15. jan. 2025 og i Job og Virksomhedsservice siden 1. mar. 2024.", cells["reason"])
        self.assertEqual(len(cells["reason"]), 2, "no document says which comes first")
        self.assertEqual((cells["departments"], cells["units"], cells["since"], cells["age_years"]),
                         ([["JSY", "JVS"]], [None], ["2024-03-01"], [None]))

    def test_the_childs_case_stands_apart(self):
        way = [("oneself", town.case()), ("child", town.case("child", "BFF", "BFF-MYND", DAY(2025, 1, 15)))]
        self.assertEqual(self.cells("family_job_child", way)["reason"],
                         ["Aktiv sag i Job og Virksomhedsservice siden 1. mar. 2024; barn i husstanden: aktiv sag i "
                          "Børn, Familier og Fællesskaber siden 15. jan. 2025."])

    def test_age_alone_and_criteria_alone(self):
        cells = self.cells("transition", [("oneself", town.case())], 17)
        self.assertEqual((cells["reason"], cells["age_years"], cells["departments"], cells["since"]), (["17 år; aktiv sag."], [17], [None], [None]))
        cells = self.cells("fifty_plus", [("oneself", town.case()), ("oneself", town.case())])
        self.assertEqual((cells["reason"], cells["facts"], cells["age_years"]), (["Opfylder kriterierne."], [None], [None]))

    def test_many_are_cut_short(self):
        self.assertEqual(reasons.listed(["a"]), "a")
        self.assertEqual(reasons.listed(["a", "b", "c"]), "a, b og c")
        self.assertEqual(reasons.listed(list("abcdef")), "a, b, c, d og 2 til")
