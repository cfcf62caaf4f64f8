"""The cells of a list: the sentence and the columns, for each way in which a citizen matches."""

import itertools

from . import disclose, moments

CRITERIA = "Opfylder kriterierne."
WHOSE = {"oneself": "", "child": "barn i husstanden: ", "spouse": "ægtefælle eller partner: ", "parent": "forælder i husstanden: "}
NAMED_MAX = 4


def listed(details):
    if len(details) > NAMED_MAX:
        details = [*details[:NAMED_MAX], f"{len(details) - NAMED_MAX} til"]
    return details[0] if len(details) == 1 else f"{', '.join(details[:-1])} og {details[-1]}"


def detail(case, reveals, settings):
    parts = []
    if "departments" in reveals and case.department:
        parts.append(f"i {settings.department[case.department]['name']}")
    if "sources" in reveals:
        name = settings.source[case.source]["name"]
        parts = [f"{parts[0]} ({name})"] if parts else [f"i {name}"]
    if "dates" in reveals and case.opened:
        parts.append(f"siden {moments.written(case.opened)}")
    return " ".join(parts)


def group(kinship, cases, reveals, settings):
    """The sentences for cases of one person: every order counts, for the documents do not say which comes first."""
    details = [one for one in dict.fromkeys(detail(case, reveals, settings) for case in cases) if one]
    if not details:
        return [WHOSE[kinship] + ("aktiv sag" if len(cases) == 1 else f"{len(cases)} aktive sager")]
    orders = itertools.islice(itertools.permutations(details), 5040)
    return list(dict.fromkeys(f"{WHOSE[kinship]}aktiv sag {listed(list(order))}" for order in orders))


def sentences(way, reveals, years, settings):
    if "criteria_only" in reveals:
        return [CRITERIA]
    parts = [[f"{years} år"]] if "age" in reveals and years is not None else []
    for kinship in dict.fromkeys(kinship for kinship, _ in way):
        parts.append(group(kinship, [case for whose, case in way if whose == kinship], reveals, settings))
    whole = ("; ".join(one) for one in itertools.product(*parts))
    return [f"{text[:1].upper()}{text[1:]}." for text in whole] or [CRITERIA]


def cells(way, rule, years, settings):
    """What a row must say for this way: sentences, and each column as the values that it may have."""
    reveals, cases = settings.rules[rule]["reveals"], [case for _, case in way]
    is_silent, names = "criteria_only" in reveals, "departments" in reveals
    departments = sorted({case.department for case in cases if case.department}) if names and disclose.shows(rule, "department", settings) else []
    units = sorted({case.unit for case in cases if case.unit}) if names else []
    opened = [case.opened for case in cases if case.opened] if "dates" in reveals and disclose.shows(rule, "opened", settings) else []
    may_tell_units = disclose.shows(rule, "unit", settings)
    return {
        "reason": sentences(way, reveals, years, settings),
        "age_years": [years if "age" in reveals else None],
        "departments": [departments or None],
        # The class of a unit's name is another than that of a department's, so a list need not have it; where the class is closed it must not.
        "units": [None, units or None] if may_tell_units else [None],
        "since": [min(opened).isoformat() if opened else None],
        # Which rules show how many is not said: none, or the right number.
        "facts": [None] if is_silent else [None, len(cases)],
    }
