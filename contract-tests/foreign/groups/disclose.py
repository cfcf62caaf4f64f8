"""What the receiving unit may be told, worked out in plain words from product.md §3 and defaults.md §3-8. The policies are not read."""

import dataclasses

ROLE = "list_owner"


def why_not(case, rule, settings):
    """Why this case is not told to the receiver of this rule; none when it may be told."""
    approval = settings.approvals[rule]
    statute, role, receiver = settings.statute[approval["statute"]], settings.role[ROLE], settings.unit[approval["receiver"]]
    # "An item screened to named staff": a list goes to a unit.
    if case.is_screened:
        return "screened"
    # "The highest level shows nothing", and what a statute opens for a role has an upper end on both sides.
    if case.level >= 3 or case.level > statute["level_max"] or case.level > role.get("list_level_max", -1):
        return "level"
    # "An index row never widens access."
    if case.is_orphan:
        return "the owner's row is missing"
    # "A statute that permits named categories between named units."
    if case.category not in statute["categories"] or case.category in role.get("categories_never", []):
        return "category"
    if not {case.department, case.unit} & set(statute["from"]):
        return "department"
    if not {receiver["code"], receiver["department"]} & set(statute["to"]):
        return "receiver"
    if "existence" not in statute["field_classes"]:
        return "class"
    return None


def told(cases, rule, settings):
    return [case for case in cases if why_not(case, rule, settings) is None]


def shows(rule, fact, settings):
    """Whether a fact of an item is of a class that the receiver may be told."""
    return settings.visibility["item"][fact] in settings.statute[settings.approvals[rule]["statute"]]["field_classes"]


def why_nobody(person, objections, number):
    """Why this citizen is on no list at all."""
    if number in objections:
        return "objects"
    if person is None:
        return "not in the register"
    if person.gone:
        return person.gone
    return "protected" if person.is_protected else None


def without_doubts(case):
    """The same case, had nobody asked whether it is certain."""
    return dataclasses.replace(case, doubt="")
