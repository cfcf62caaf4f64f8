"""What a right answer is while sources fail: computed from the complete answer that the same caller was given about the same citizen."""

import dataclasses
import datetime
import json

# Says that all of it is told.
TOLD = {"fresh", "cached", "stale"}
# Says that something is missing, and why.
SILENT = {"unavailable", "timed_out", "invalid"}
DIRECTORY, INDEX, REGISTER = "staff_directory", "case_index", "persons"
NOTHING, NOTHING_IN_HASTE = "nothing is shown, and not why (0007)", "nothing is shown in haste, and not why (0007, 0018)"
# A fetch that others began may be joined, and goes on for as long as the longest deadline; then the answer is merged and put on record.
JOINED_S = 3.0
# Between a switch at the control door and its effect; what was under way then ends as it began.
SWITCH_S = 3.0


def flat(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def items(answer):
    return [item for group in answer["groups"].values() for item in group.get("items", [])]


def notices(answer):
    return {(name, flat(notice)) for name, group in answer["groups"].items() for notice in group.get("notices", [])}


def rows_of(item):
    return [(row["source"], row["id"]) for row in item.get("provenance", [])]


def facts_of(item):
    """What each source says in this item: `(source, field, value)`."""
    found = set()
    for field, fact in item.items():
        if isinstance(fact, dict) and "sources" in fact and "value" in fact:
            for told in [fact, *fact.get("others", [])]:
                found.update((source, field, flat(told["value"])) for source in told["sources"])
    return found


def states(answer):
    return {source["id"]: source["state"] for source in answer["sources"]}


def constant(answer):
    """An answer without what changes from one complete answer to the next: its handle, and when each source was read."""
    sources = [{key: source[key] for key in ("id", "name")} for source in answer["sources"]]
    return {**answer, "id": None, "sources": sources}


def lacks_calls(answer):
    """It says that it does not know of everybody where to call: contacts are on their way, or the directory is read in part (stale)."""
    return answer["contact_pending"] or states(answer)[DIRECTORY] == "stale"


def without_calls(answer):
    """The same without what only the directory knows."""
    return {**answer, "call_first": None, "contact_pending": None, "actors": None}


def is_complete(answer):
    """All sources have told what they have, as far as they are asked, and lately."""
    return not answer["contact_pending"] and set(states(answer).values()) <= {"fresh", "cached", "not_consulted"}


def is_late(took_s, deadline_ms, allowance_s, held_up_s):
    """Later than the deadline, what is allowed for the way there and back, and what this program was itself held up."""
    return took_s > deadline_ms / 1000 + allowance_s + held_up_s


class Learnt:
    """The complete answer, taken apart."""

    def __init__(self, answer):
        self.whole = constant(answer)
        self.states = states(answer)
        self.rows, self.facts, self.ids, self.beside, self.items = set(), {}, set(), {}, {}
        for item in items(answer):
            self.ids.add(item["id"])
            rows, facts = rows_of(item), facts_of(item)
            for row in rows:
                self.rows.add(row)
                self.items[row] = item
                self.facts[row] = {fact for fact in facts if fact[0] == row[0]}
                self.beside[row] = {source for source, _ in rows}
        self.citizen = answer["citizen"]

    @property
    def shows(self):
        return bool(self.ids)


@dataclasses.dataclass(frozen=True)
class Ages:
    """How old what is told may be, by the configuration, in seconds: still called cached, and shown as stale."""

    cached_s: float
    stale_s: float


def moment(text):
    """A moment in UTC, of which nanoseconds beyond microseconds are left out."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    at = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return at.timestamp() + float(f"0.{rest or 0}")


def labels(answer, asked_at, told_at, ages, dead):
    """What is wrong with what the answer says of its sources. `dead` has `(source, from, to)`: then nobody could read it."""
    for source in answer["sources"]:
        name, state, as_of = source["id"], source["state"], source.get("as_of")
        if state not in TOLD:
            if state not in SILENT and state != "not_consulted":
                yield "a state that nobody has heard of"
            continue
        if as_of is None:
            yield f"{state}, and does not say as of when"
            continue
        read, age = moment(as_of), ages[name]
        if read > told_at + 0.1:
            yield "read after it was told"
        # Where memory is said to be from is when the fetch began.
        oldest = {"fresh": JOINED_S, "cached": age.cached_s, "stale": age.stale_s}[state]
        if name != DIRECTORY and asked_at - read > oldest + JOINED_S:
            yield f"{state}, and older than that"
        if name != DIRECTORY and any(name == one and begun + SWITCH_S < read < ended for one, begun, ended in dead):
            yield f"{state} as of a time when nobody could read it"


def is_plainly_own(item):
    """By the caller's own work on it, or their unit's: what does not rest on how strict a case looks."""
    return item["basis"].get("code") == "own_case" and item["basis"].get("own") in ("person", "unit")


def is_for_who_works_on_it(answer):
    """The register is silent, so that nobody knows whether the caller is of the household, and it says that this hides cases."""
    said = [source.get("text", "") for source in answer["sources"] if source["id"] == REGISTER and source["state"] in SILENT]
    return any("nogle sager kun for den, der selv arbejder på dem" in text for text in said)


class Found:
    """What is wrong with an answer, and what a decision of the house lets it be, in words without anybody in them."""

    def __init__(self):
        self.wrong, self.decided = set(), set()


def judge(learnt, answer, is_hasty=False, is_theirs=lambda row: False, is_former=lambda row: False):
    """Holds an answer against the complete one. `is_theirs` says whether a row is the citizen's own, by the source's own list; `is_former`,
    whether it stands there under another number than was asked for."""
    found, told = Found(), states(answer)
    if told.keys() != learnt.states.keys():
        found.wrong.add("a source is not listed")
        return found
    silent = {name for name, state in told.items() if state in SILENT}
    for name, state in told.items():
        # Whom the directory would be asked about may be named by the silent source alone.
        is_nobody_left = name == DIRECTORY and (silent or not answer["actors"])
        if state == "not_consulted" and learnt.states[name] != state and not is_nobody_left:
            found.wrong.add("a source that was not asked")
    if learnt.shows and not items(answer) and not notices(answer):
        nothing_shown(found, answer, is_hasty)
        return found
    seen = shown(found, learnt, answer, INDEX in silent, is_theirs)
    for row in learnt.rows - seen.keys():
        # Decision 0018: while the index is silent, only what is plainly own stands, and in haste not even that.
        is_unknown = INDEX in silent and (is_hasty or not is_plainly_own(learnt.items[row]))
        if REGISTER in silent and is_former(row):
            found.decided.add("an item under another number waits for the silent register (0010)")
        elif row[0] not in silent and not learnt.beside[row] & silent:
            if is_unknown:
                found.decided.add("an item waits for the silent index (0018)")
            elif is_for_who_works_on_it(answer) and learnt.items[row]["basis"].get("own") != "person":
                found.decided.add("an item is for who works on it while the register is silent, which says so")
            else:
                found.wrong.add("an item is missing, and no source of it says so")
    for row in learnt.rows & seen.keys():
        if row[0] not in silent and seen[row] != learnt.facts[row]:
            found.wrong.add("a fact is missing, and its source does not say so")
    if not silent:
        whole(found, learnt, answer)
    citizen = answer["citizen"]
    if citizen and (not learnt.citizen or any(citizen.get(key) not in (None, learnt.citizen.get(key)) for key in ("name", "age"))):
        found.wrong.add("another citizen's name or age")
    return found


def nothing_shown(found, answer, is_hasty):
    """Decision 0007: an answer that shows nothing is the same whatever it was cut from, so it tells no state that rests on rows."""
    found.decided.add(NOTHING_IN_HASTE if is_hasty else NOTHING)
    if answer["citizen"] or answer["actors"] or answer["call_first"] or not answer["empty_text"]:
        found.wrong.add("nothing is shown, and yet something is told")


def shown(found, learnt, answer, is_index_silent, is_theirs):
    """Each row that is shown, with what its source says in it: nothing that was not told before."""
    seen = {}
    for item in items(answer):
        rows, facts = rows_of(item), facts_of(item)
        if item["id"] not in learnt.ids and not rows:
            found.wrong.add("an item that was never told, without a source")
        for row in rows:
            if row in seen:
                found.wrong.add("one row in two items")
            seen[row] = {fact for fact in facts if fact[0] == row[0]}
            if row in learnt.rows:
                if not seen[row] <= learnt.facts[row]:
                    found.wrong.add("a fact that its source never told")
            elif is_index_silent and is_plainly_own(item) and is_theirs(row):
                # Decision 0018: whom it is screened from sees their own unit's case for as long as the index is down.
                found.decided.add("an own item that only the silent index withholds (0018)")
            else:
                found.wrong.add("an item that was never told")
    return seen


def whole(found, learnt, answer):
    """No source says that anything is missing: then this is the complete answer."""
    one, two = constant(answer), learnt.whole
    if lacks_calls(answer):
        one, two = without_calls(one), without_calls(two)
    if flat(one) != flat(two):
        found.wrong.add("not the complete answer, and nothing says so")
