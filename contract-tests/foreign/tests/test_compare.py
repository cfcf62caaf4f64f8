"""Whatever is wrong with a list is found, and told without a number."""

import json
import pathlib
import tempfile
import unittest

from groups import compare
from groups.lists import Listed

from . import town

CELLS = {"reason": ["Opfylder kriterierne."], "age_years": [None], "departments": [["JSY"]], "units": [None], "since": ["2024-03-01"], "facts": [None, 2]}


def row(number=town.ANNA, change="new", **facts):
    cells = {"reason": "Opfylder kriterierne.", "age_years": None, "departments": ["JSY"], "units": None, "since": "2024-03-01", "facts": 2}
    return {"type": "citizen", "pseudonym": f"p-{number}", "cpr": f"{number[:6]}-{number[6:]}", "change": change, **cells, **facts}


def file(*rows):
    return compare.File({}, {compare.key_of(one): one for one in rows}, {})


class Lists(unittest.TestCase):
    def found(self, rows, ours, untold=None):
        differences = compare.Differences()
        compare.compare("rule", file(*rows), ours, untold or {}, differences)
        return dict(differences.counts), dict(differences.allowed)

    def test_the_same_list_has_no_difference(self):
        self.assertEqual(self.found([row(), row(town.BO, facts=None)], {town.ANNA: Listed([CELLS]), town.BO: Listed([CELLS])})[0], {})

    def test_each_mistake_is_told_by_its_kind_and_without_a_number(self):
        ours = {town.ANNA: Listed([CELLS])}
        for rows, untold, wanted in (
                ([], {}, "rule: on our list alone"),
                ([row(change="ended")], {}, "rule: on our list alone"),
                ([row(), row(town.BO)], {town.BO: "protected"}, "rule: on their list alone (protected)"),
                ([row(), row(town.BO)], {}, "rule: on their list alone (does not match by any fact)"),
                ([row(since="2024-03-02")], {}, "rule: other since than ours"),
                ([row(units=["JSY-RUS"])], {}, "rule: other units than ours"),
                ([row(facts=3, departments=["JSY", "UUJ"])], {}, "rule: other departments and facts than ours"),
                ([row(age_years=50)], {}, "rule: other age_years than ours"),
                ([row(reason="Aktiv sag.")], {}, "rule: other reason than ours")):
            self.assertEqual(self.found(rows, ours, untold)[0], {wanted: 1})

    def test_who_may_be_on_it_is_right_either_way(self):
        ours = {town.ANNA: Listed([CELLS], is_sure=False, why="a secondary party")}
        for rows in ([], [row()]):
            wrong, allowed = self.found(rows, ours)
            self.assertEqual((wrong, list(allowed.values())), ({}, [1]))
        self.assertEqual(self.found([row(facts=9)], ours)[0], {"rule: other facts than ours": 1})

    def test_a_file_that_was_cut_is_refused(self):
        lines = [{"type": "head", "citizens": 1}, row(), {"type": "end", "citizens": 1, "gaps": []}]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "list.ndjson"
            path.write_text(text)
            self.assertEqual(list(compare.read(path).citizens), [town.ANNA])
            for wrong in (text[:-1], "".join(text.splitlines(True)[:2]), text.replace('"citizens": 1', '"citizens": 2'), ""):
                path.write_text(wrong)
                with self.assertRaises(compare.Wrong):
                    compare.read(path)


class Changes(unittest.TestCase):
    OTHER = {**CELLS, "reason": ["Aktiv sag."]}

    def found(self, now, before, ours, earlier, untold=None, renamed=None, gone=lambda who: None):
        differences = compare.Differences()
        in_force = lambda who: (renamed or {}).get(who, who)
        compare.compare_changes("rule", file(*now), file(*before), ours, earlier, untold or {}, in_force, differences, gone)
        return dict(differences.counts)

    def test_the_right_change_is_no_difference(self):
        on, other = Listed([CELLS]), Listed([self.OTHER])
        for now, before, ours, earlier in (
                ([row()], [], {town.ANNA: on}, {}),
                ([row(change="still")], [row()], {town.ANNA: on}, {town.ANNA: on}),
                ([row(change="changed", reason="Aktiv sag.")], [row()], {town.ANNA: other}, {town.ANNA: on}),
                ([row(change="ended")], [row()], {}, {town.ANNA: on})):
            self.assertEqual(self.found(now, before, ours, earlier), {})

    def test_a_wrong_change_is_one(self):
        on = Listed([CELLS])
        for now, before, ours, earlier, count in (
                ([row(change="still")], [], {town.ANNA: on}, {}, 1),
                ([row(change="changed")], [row()], {town.ANNA: on}, {town.ANNA: on}, 1),
                ([row()], [row()], {town.ANNA: on}, {town.ANNA: on}, 1),
                ([row(change="ended")], [row()], {town.ANNA: on}, {town.ANNA: on}, 1),
                ([row(change="unverified")], [row()], {}, {town.ANNA: on}, 1),
                ([row(change="ended")], [], {}, {}, 1),
                ([], [row()], {}, {town.ANNA: on}, 1)):
            self.assertEqual(sum(self.found(now, before, ours, earlier).values()), count, now)

    def test_who_may_not_be_told_of_leaves_in_silence_and_the_dead_either_way(self):
        on, untold = Listed([CELLS]), {town.ANNA: "protected"}
        self.assertEqual(self.found([], [row()], {}, {town.ANNA: on}, untold), {})
        self.assertEqual(self.found([row(change="ended")], [row()], {}, {town.ANNA: on}, untold), {"rule: ended, and nothing may be told (protected)": 1})
        for now in ([], [row(change="ended")]):
            self.assertEqual(self.found(now, [row()], {}, {town.ANNA: on}, {town.ANNA: "dead"}, gone=lambda who: "dead"), {})

    def test_a_new_number_is_the_same_citizen(self):
        on, renamed = Listed([CELLS]), {town.ANNA: town.BO}
        self.assertEqual(self.found([row(town.BO, "still")], [row()], {town.BO: on}, {town.ANNA: on}, renamed=renamed), {})
        self.assertEqual(len(self.found([row(town.BO), row(change="ended")], [row()], {town.BO: on}, {town.ANNA: on}, renamed=renamed)), 1)

    def test_a_false_end_is_found(self):
        differences, same = compare.Differences(), lambda who: who
        compare.false_ends("rule", file(row(change="ended"), row(town.BO, "unverified")), {town.ANNA: Listed([CELLS])}, {town.ANNA: 1}, same, differences)
        compare.false_ends("rule", file(row(change="ended")), {}, {town.ANNA: 1}, same, differences)
        self.assertEqual(dict(differences.counts), {"rule: a false end": 1})
