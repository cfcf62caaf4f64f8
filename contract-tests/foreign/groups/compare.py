"""A list that the product wrote beside ours: every difference by its kind, with a count and no number."""

import collections
import dataclasses
import json

CELLS = ("reason", "age_years", "departments", "units", "since", "facts")
ON_LIST, OFF_LIST = ("new", "still", "changed"), ("ended", "unverified")


class Wrong(Exception):
    """A file is not what it should be."""


@dataclasses.dataclass
class File:
    """One NDJSON file: head, citizens by number (by pseudonym where it has none), end."""

    head: dict
    citizens: dict
    end: dict


def read(path):
    text = path.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    kinds = [line.get("type") for line in lines]
    if not text.endswith("\n") or kinds[:1] != ["head"] or kinds[-1:] != ["end"] or set(kinds[1:-1]) - {"citizen"}:
        raise Wrong("the file was cut")
    rows = lines[1:-1]
    found = {key_of(row): row for row in rows}
    if len(found) != len(rows) or lines[-1]["citizens"] != len(rows) or lines[0]["citizens"] != len(rows):
        raise Wrong("rows are missing or told twice")
    return File(lines[0], found, lines[-1])


def key_of(row):
    return (row.get("cpr") or "").replace("-", "") or row["pseudonym"]


def fits(row, cells):
    """The cells in which a row is not what one way says."""
    same = lambda name, wanted: any((row.get(name) or None) == (one or None) for one in wanted)
    return [name for name in CELLS if not same(name, cells[name])]


class Differences:
    """Counts by kind; the citizens behind each only for a file that nobody else may read."""

    def __init__(self):
        self.counts, self.behind = collections.Counter(), collections.defaultdict(list)
        self.allowed = collections.Counter()

    def add(self, kind, who, told=None):
        self.counts[kind] += 1
        self.behind[kind].append((who, told))

    def __bool__(self):
        return bool(self.counts)

    def lines(self):
        return [f"{count:6} {kind}" for kind, count in sorted(self.counts.items())]


def compare(code, theirs, ours, untold, differences):
    """Who is on the list, and what each row says. Who may be on it is right either way."""
    on_list = {who: row for who, row in theirs.citizens.items() if row["change"] in ON_LIST}
    for who, listed in ours.items():
        if who in on_list:
            wrong = min((fits(on_list[who], cells) for cells in listed.cells), key=len)
            if wrong:
                differences.add(f"{code}: other {' and '.join(wrong)} than ours", who, {name: on_list[who].get(name) for name in wrong})
        elif listed.is_sure:
            differences.add(f"{code}: on our list alone", who, listed.cells[0])
        if not listed.is_sure:
            differences.allowed[f"{code}: {'on' if who in on_list else 'not on'} the list, and either is right: {listed.why}"] += 1
    for who, row in on_list.items():
        if who not in ours:
            differences.add(f"{code}: on their list alone ({untold.get(who, 'does not match by any fact')})", who, row)


def expected_change(listed, before, row_now, row_before):
    """`new`, `still` or `changed`, as far as the lists say; by their own two sentences where ours leave room."""
    if before is None:
        return {"new"}
    sentences = lambda one: {text for cells in one.cells for text in cells["reason"]}
    now, then = sentences(listed), sentences(before)
    if now == then and len(now) == 1:
        return {"still"}
    if not now & then:
        return {"changed"}
    if row_before is not None:
        return {"still"} if row_before.get("reason") == row_now.get("reason") else {"changed"}
    return {"still", "changed"}


def names_of(files):
    """The number of everybody whom these lists name, by pseudonym: who is off a later list stands there without a number."""
    return {row["pseudonym"]: who for file in files for who, row in file.citizens.items()}


def name(file, names):
    """Puts numbers in the place of pseudonyms that an earlier list has told."""
    file.citizens = {names.get(who, who): row for who, row in file.citizens.items()}


def compare_changes(code, theirs, earlier_theirs, ours, earlier_ours, untold, in_force, differences, gone=lambda who: None):
    """New, still, changed and ended, after a month. `in_force` gives the number that a former one became."""
    earlier_ours = {in_force(who): one for who, one in earlier_ours.items()}
    earlier_rows = {in_force(who): row for who, row in earlier_theirs.citizens.items() if row["change"] != "ended"} if earlier_theirs else {}
    rows = {in_force(who): row for who, row in theirs.citizens.items()}
    for who, row in rows.items():
        change, listed, before = row["change"], ours.get(who), earlier_ours.get(who)
        was = before if who in earlier_rows else None
        if change in ON_LIST and listed is not None:
            wanted = expected_change(listed, was, row, earlier_rows.get(who))
            if change not in wanted:
                differences.add(f"{code}: {change}, where {' or '.join(sorted(wanted))} is right", who, row)
        elif change in OFF_LIST:
            if listed is not None and listed.is_sure:
                differences.add(f"{code}: {change}, and by our reading still on the list", who, row)
            elif before is None and who not in earlier_rows:
                differences.add(f"{code}: {change}, and never on the list", who, row)
            elif who in untold and not gone(who):
                differences.add(f"{code}: {change}, and nothing may be told ({untold[who]})", who, row)
            elif change == "unverified":
                differences.add(f"{code}: unverified, though every source was read", who, row)
    for who, before in earlier_ours.items():
        if who in earlier_rows and who not in rows and who not in ours and who not in untold and not gone(who):
            differences.add(f"{code}: ended, and their list does not say so", who)


def false_ends(code, theirs, ours, earlier_ours, in_force, differences):
    """Who is told as ended, and has not by our lists, which rest on whole readings."""
    earlier = {in_force(who) for who in earlier_ours}
    for who, row in theirs.citizens.items():
        if row["change"] == "ended" and (in_force(who) in ours or in_force(who) not in earlier):
            differences.add(f"{code}: a false end", who, row)
