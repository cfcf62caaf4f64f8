"""What a right answer is while sources fail: computed from the complete answer that the same caller was given about the same citizen."""

import dataclasses
import datetime
import json

# Says that all of it is told.
TOLD = {"fresh", "cached", "stale"}
# Says that something is missing, and why.
SILENT = {"unavailable", "timed_out", "invalid"}
DIRECTORY = "staff_directory"
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


def names_of(answer):
    return {name for actor in answer["actors"] for name in [actor.get("name"), *actor.get("also_spelled", [])] if name}


def constant(answer):
    """An answer without what changes from one complete answer to the next: its handle, and when each source was read."""
    sources = [{key: source[key] for key in ("id", "name")} for source in answer["sources"]]
    return {**answer, "id": None, "sources": sources}


def without_calls(answer):
    """The same without what only the directory knows: for an answer that says itself that contacts are still on their way."""
    return {**answer, "call_first": None, "contact_pending": None, "actors": None}


def is_complete(answer):
    """All sources have told what they have, as far as they are asked."""
    told = states(answer)
    return not answer["contact_pending"] and all(state in TOLD or state == "not_consulted" for state in told.values())


class Learnt:
    """The complete answer, taken apart."""

    def __init__(self, answer):
        self.whole = constant(answer)
        self.states = states(answer)
        self.rows, self.facts, self.ids, self.beside = set(), {}, set(), {}
        for item in items(answer):
            self.ids.add(item["id"])
            rows, facts = rows_of(item), facts_of(item)
            for row in rows:
                self.rows.add(row)
                self.facts[row] = {fact for fact in facts if fact[0] == row[0]}
                self.beside[row] = {source for source, _ in rows}
        self.notices, self.names, self.citizen = notices(answer), names_of(answer), answer["citizen"]

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


def judge(learnt, answer):
    """What is wrong with an answer, in words without anybody in them."""
    told = states(answer)
    if told.keys() != learnt.states.keys():
        yield "a source is not listed"
        return
    has_actors = bool(answer["actors"])
    silent = {name for name, state in told.items() if state in SILENT}
    for name, state in told.items():
        if state == "not_consulted" and learnt.states[name] != "not_consulted" and (name != DIRECTORY or has_actors):
            yield "a source that was not asked"
    seen = {}
    for item in items(answer):
        rows, facts = rows_of(item), facts_of(item)
        if item["id"] not in learnt.ids and not rows:
            yield "an item that was never told, without a source"
        for row in rows:
            if row not in learnt.rows:
                yield "an item that was never told"
            if row in seen:
                yield "one row in two items"
            seen[row] = {fact for fact in facts if fact[0] == row[0]}
            if not seen[row] <= learnt.facts.get(row, set()):
                yield "a fact that its source never told"
    for row in learnt.rows:
        # What a source tells stands, whatever becomes of the others; unless the row that decides about it is silent.
        if row[0] in silent:
            continue
        if row not in seen:
            if not learnt.beside[row] & silent:
                yield "an item is missing, and no source of it says so"
        elif seen[row] != learnt.facts[row]:
            yield "a fact is missing, and its source does not say so"
    if not notices(answer) <= learnt.notices and not silent:
        yield "a notice that was never given"
    if not names_of(answer) <= learnt.names and not silent:
        yield "an actor whom nobody named"
    citizen = answer["citizen"]
    if citizen and (not learnt.citizen or any(citizen.get(key) not in (None, learnt.citizen.get(key)) for key in ("name", "age"))):
        yield "another citizen's name or age"
    if not silent:
        is_pending = answer["contact_pending"]
        one, two = (without_calls(constant(answer)), without_calls(learnt.whole)) if is_pending else (constant(answer), learnt.whole)
        if flat(one) != flat(two):
            yield "not the complete answer, and nothing says so"
