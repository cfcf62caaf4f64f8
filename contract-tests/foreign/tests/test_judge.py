"""Wrong answers are found, and right ones are not: `soak.py --self-test`."""

import copy
import unittest

from soaked import judge

READ, NOW = "2026-11-23T08:00:00.5Z", judge.moment("2026-11-23T08:00:01Z")
AGES = {name: judge.Ages(6, 40) for name in ("sbsys", "fasit", "case_index", "staff_directory")}


def fact(value, *sources):
    return {"value": value, "sources": list(sources)}


def item(name, rows, own="unit", **facts):
    provenance = [{"source": source, "id": native, "decides": at == 0} for at, (source, native) in enumerate(rows)]
    return {"id": name, "basis": {"code": "own_case", "own": own}, "provenance": provenance, **facts}


def answer():
    sources = [{"id": name, "name": name.upper(), "state": "fresh", "as_of": READ} for name in AGES]
    shown = [
        item("i1", [("sbsys", "1"), ("case_index", "a")], title=fact("A plan", "sbsys", "case_index"),
             status={**fact("running", "sbsys"), "others": [fact("informed", "case_index")]}),
        item("i2", [("fasit", "2")], title=fact("A job", "fasit")),
    ]
    return {"id": "h1", "lang": "da", "citizen": {"name": "Claus Prøve", "age": 22}, "call_first": {"actor": "a1"},
            "groups": {"authority": {"items": shown, "notices": []}, "provider": {"items": [], "notices": []}},
            "actors": [{"id": "a1", "name": "Karen Prøve"}], "contact_pending": False, "sources": sources, "empty_text": None}


def items(one):
    return one["groups"]["authority"]["items"]


def set_state(one, name, state):
    source = next(source for source in one["sources"] if source["id"] == name)
    source["state"] = state
    if state in judge.SILENT:
        source["as_of"] = None


def silent(one, name, state="unavailable"):
    """As it is right: the source says that it is silent, and what it alone told is gone."""
    set_state(one, name, state)
    for shown in items(one):
        shown["provenance"] = [row for row in shown["provenance"] if row["source"] != name]
        for told in [value for value in shown.values() if isinstance(value, dict) and "sources" in value]:
            told["sources"] = [source for source in told["sources"] if source != name]
            told["others"] = [other for other in told.get("others", []) if other["sources"] != [name]]
    one["groups"]["authority"]["items"] = [shown for shown in items(one) if shown["provenance"]]
    return one


def nothing(one):
    one.update(citizen=None, call_first=None, actors=[], empty_text="Ingen sager")
    one["groups"]["authority"]["items"] = []
    return one


class Answers(unittest.TestCase):
    def setUp(self):
        self.learnt, self.answer = judge.Learnt(answer()), answer()

    def found(self, **named):
        return judge.judge(self.learnt, self.answer, **named)

    def wrong(self, words, **named):
        self.assertIn(words, self.found(**named).wrong)

    def right(self, **named):
        self.assertEqual(self.found(**named).wrong, set())

    def test_the_same_under_another_handle_is_right(self):
        self.answer["id"] = "h2"
        set_state(self.answer, "fasit", "cached")
        self.right()

    def test_a_silent_source_that_says_so_is_right(self):
        for name in ("sbsys", "fasit", "case_index"):
            for state in judge.SILENT:
                self.answer = silent(answer(), name, state)
                self.right()

    def test_an_item_of_somebody_else_is_found_also_beside_a_silent_source(self):
        stranger = item("i9", [("sbsys", "9")], title=fact("Not yours", "sbsys"))
        items(self.answer).append(stranger)
        self.wrong("an item that was never told")
        self.answer = silent(self.answer, "case_index")
        self.wrong("an item that was never told", is_theirs=lambda row: False)

    def test_what_only_a_silent_index_withholds_is_told_apart(self):
        items(self.answer).append(item("i9", [("sbsys", "9")]))
        self.answer = silent(self.answer, "case_index")
        self.assertEqual(len(self.found(is_theirs=lambda row: row == ("sbsys", "9")).decided), 1)
        self.right(is_theirs=lambda row: row == ("sbsys", "9"))
        items(self.answer)[-1]["basis"] = {"code": "law:x"}
        self.wrong("an item that was never told", is_theirs=lambda row: True)

    def test_a_missing_item_without_a_label_is_found(self):
        items(self.answer).pop()
        self.wrong("an item is missing, and no source of it says so")
        set_state(self.answer, "sbsys", "timed_out")
        self.wrong("an item is missing, and no source of it says so")
        self.wrong("an item is missing, and no source of it says so", is_hasty=True)

    def test_a_stale_source_has_all_of_it(self):
        set_state(self.answer, "fasit", "stale")
        self.right()
        items(self.answer).pop()
        self.wrong("an item is missing, and no source of it says so")

    def test_an_item_waits_for_a_silent_index_in_haste_alone(self):
        items(self.answer).pop()
        set_state(self.answer, "case_index", "timed_out")
        self.wrong("an item is missing, and no source of it says so")
        self.right(is_hasty=True)

    def test_an_item_under_another_number_waits_for_a_silent_register_alone(self):
        items(self.answer).pop()
        self.wrong("an item is missing, and no source of it says so", is_former=lambda row: True)
        names = [*AGES, "persons"]
        self.learnt = judge.Learnt(answer() | {"sources": [{"id": name, "name": name, "state": "fresh", "as_of": READ} for name in names]})
        self.answer["sources"].append({"id": "persons", "name": "CPR", "state": "unavailable"})
        self.right(is_former=lambda row: row == ("fasit", "2"))
        self.wrong("an item is missing, and no source of it says so")

    def test_what_only_a_unit_works_on_waits_for_a_silent_register_that_says_so(self):
        names = [*AGES, "persons"]
        whole = answer() | {"sources": [{"id": name, "name": name, "state": "fresh", "as_of": READ} for name in names]}
        said = "CPR svarede ikke. Så længe vises nogle sager kun for den, der selv arbejder på dem."
        for own, text, is_right in [("unit", said, True), ("person", said, False), ("unit", "CPR svarede ikke.", False)]:
            items(whole)[-1]["basis"] = {"code": "own_case", "own": own}
            self.learnt, self.answer = judge.Learnt(whole), answer()
            items(self.answer).pop()
            self.answer["sources"].append({"id": "persons", "name": "CPR", "state": "invalid", "text": text})
            if is_right:
                self.right()
                self.assertEqual(len(self.found().decided), 1)
            else:
                self.wrong("an item is missing, and no source of it says so")

    def test_a_fact_of_another_is_found_and_one_that_is_missing(self):
        items(self.answer)[1]["title"]["value"] = "Another job"
        self.wrong("a fact that its source never told")
        self.answer = answer()
        del items(self.answer)[0]["status"]
        self.wrong("a fact is missing, and its source does not say so")

    def test_whatever_else_differs_is_found_when_nothing_is_silent(self):
        for change in ({"call_first": None}, {"actors": []}, {"citizen": None}):
            self.answer = answer() | change
            self.wrong("not the complete answer, and nothing says so")
        self.answer = answer() | {"citizen": {"name": "Sara Prøve", "age": 22}}
        self.wrong("another citizen's name or age")

    def test_contacts_that_are_on_their_way_say_so(self):
        self.answer.update(contact_pending=True, call_first=None)
        self.right()
        self.answer = answer() | {"actors": [{"id": "a1", "name": "Karen Prøve", "call": None}]}
        set_state(self.answer, "staff_directory", "stale")
        self.right()

    def test_a_source_that_is_not_listed_or_not_asked_is_found(self):
        set_state(self.answer, "fasit", "not_consulted")
        self.wrong("a source that was not asked")
        del self.answer["sources"][0]
        self.wrong("a source is not listed")

    def test_nothing_at_all_is_told_apart_and_tells_nothing(self):
        self.answer = nothing(self.answer)
        self.assertEqual(self.found().decided, {judge.NOTHING})
        self.assertEqual(self.found(is_hasty=True).decided, {judge.NOTHING_IN_HASTE})
        self.right()
        self.answer["actors"] = [{"id": "a1", "name": "Karen Prøve"}]
        self.wrong("nothing is shown, and yet something is told")


class Times(unittest.TestCase):
    def test_a_late_answer_is_found_and_what_held_this_program_up_is_not_the_services(self):
        self.assertTrue(judge.is_late(1.3, 1000, 0.25, 0.0))
        self.assertFalse(judge.is_late(1.2, 1000, 0.25, 0.0))
        self.assertFalse(judge.is_late(1.3, 1000, 0.25, 0.1))


class Labels(unittest.TestCase):
    def labels(self, change=lambda one: None, later=0.0, dead=()):
        one = copy.deepcopy(answer())
        change(one)
        return list(judge.labels(one, NOW + later, NOW + later + 0.2, AGES, dead))

    def test_what_was_read_now_is_fresh(self):
        self.assertEqual(self.labels(), [])

    def test_an_age_that_does_not_fit_the_state_is_found(self):
        for state, later in (("fresh", 7), ("cached", 10), ("stale", 44)):
            words = self.labels(lambda one, state=state: set_state(one, "fasit", state), later)
            self.assertIn(f"{state}, and older than that", words)
        for state, later in (("fresh", 5), ("cached", 8), ("stale", 42)):
            words = self.labels(lambda one, state=state: set_state(one, "fasit", state), later)
            self.assertNotIn(f"{state}, and older than that", words)

    def test_what_nobody_could_read_is_not_fresh(self):
        self.assertEqual(self.labels(dead=[("fasit", NOW - 10, NOW + 10)]), ["fresh as of a time when nobody could read it"])
        self.assertEqual(self.labels(dead=[("fasit", NOW - 1, NOW + 10)]), [])

    def test_a_state_without_a_moment_and_one_that_is_none_are_found(self):
        self.assertEqual(self.labels(lambda one: one["sources"][0].update(as_of=None)), ["fresh, and does not say as of when"])
        self.assertEqual(self.labels(lambda one: set_state(one, "sbsys", "fine")), ["a state that nobody has heard of"])
