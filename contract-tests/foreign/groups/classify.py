"""Kind, category and owner of one row, from the configuration's ordered rules."""

import re

from .settings import same_words

# Anonymous treatment has no place in an overview, nor on a list.
ANONYMOUS = re.compile(r"§\s*101\s*a(?![a-zæøå0-9])", re.IGNORECASE)


def is_anonymous(row):
    return any(ANONYMOUS.search(text) for text in (row.law, row.title, row.type_name, row.template))


def says(text, phrase):
    """Whether a text holds these words as whole words."""
    text, phrase = same_words(text), same_words(phrase)
    edge = lambda sign: r"(?<!\w)" if sign.isalnum() else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return bool(re.search(edge(phrase[:1]) + re.escape(phrase) + after, text))


def is_below(kle, prefix):
    return kle == prefix or kle.startswith(prefix + ".")


def tier(rule):
    if any(rule.get(name) for name in ("type_code", "type_name", "template")):
        return 1
    return 2 if rule.get("law") else 3


def fits(rule, row, source_kind):
    listed = lambda name, test: name not in rule or any(test(one) for one in rule[name])
    if rule.get("source_kind", source_kind) != source_kind or rule.get("record", row.record) != row.record:
        return False
    for name, is_out in (("opened_until", lambda day, last: day > last), ("opened_from", lambda day, first: day < first)):
        if name in rule and (row.opened is None or is_out(row.opened.isoformat(), str(rule[name]))):
            return False
    return (listed("type_code", lambda one: one in row.type_codes)
            and listed("type_name", lambda one: same_words(one) == same_words(row.type_name))
            and listed("template", lambda one: same_words(one) == same_words(row.template))
            and listed("law", lambda one: says(row.law, one)) and listed("kle", lambda one: is_below(row.kle, one)))


def kind_of(row, settings):
    """The kind's code, or none."""
    source_kind = settings.source[row.source]["kind"]
    for at in (1, 2, 3):
        for rule in settings.kinds["rule"]:
            if tier(rule) == at and fits(rule, row, source_kind):
                return rule["kind"]
    return None


def category_of(row, settings):
    kind = kind_of(row, settings)
    return settings.kind[kind]["category"] if kind else "unclassified"


def owner_of(row, settings):
    """Department and unit, each or both none."""
    low = lambda texts: {str(one).lower() for one in texts}
    for one in settings.departments.get("match", []):
        if one.get("source", row.source) != row.source:
            continue
        if "unit_id" in one and not low(one["unit_id"]) & low(row.units):
            continue
        if "master_system" in one and not low(one["master_system"]) & low(row.masters):
            continue
        if "kle" in one and not any(is_below(row.kle, prefix) for prefix in one["kle"]):
            continue
        unit = one.get("unit")
        return (settings.unit[unit]["department"] if unit else one["department"]), unit
    return None, None


def level_of(row, settings):
    """A source may raise a level, never lower it."""
    return max(settings.category[category_of(row, settings)]["level"], row.level or 0)
