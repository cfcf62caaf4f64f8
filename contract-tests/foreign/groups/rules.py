"""The five rules, in plain words. Each gives the ways in which a citizen matches: lists of (kinship, case), the cases behind the match."""

import itertools

from . import moments
from .cases import ACTIVE

FOUR, LONG_DAYS = ("substance_use", "homelessness", "mental_health"), 365


def active(cases):
    return [case for case in cases if case.phase == ACTIVE]


def oldest(cases):
    """Of several, the one that began first; those of the same day are all that."""
    known = [case.opened for case in cases if case.opened]
    return [case for case in cases if case.opened == min(known)] if known else cases


def cross_department(house, day):
    """Active cases in at least two departments; explained by the oldest of each."""
    by_department = {}
    for case in active(house.mine):
        if case.department:
            by_department.setdefault(case.department, []).append(case)
    if len(by_department) < 2:
        return []
    ways = itertools.product(*(oldest(by_department[code]) for code in sorted(by_department)))
    return [[("oneself", case) for case in way] for way in itertools.islice(ways, 64)]


def family_job_child(house, day):
    """An active case of employment, and a child with an active child's case."""
    jobs = [case for case in active(house.mine) if case.category == "employment"]
    children = [case for kinship, cases in house.kin if kinship == "child" for case in active(cases) if case.category == "child"]
    return [[("oneself", job), ("child", child)] for job in jobs for child in children]


def long_cash_benefit(house, day):
    """No system tells periods on benefits, so nobody can be shown to have had one for eight years."""
    return []


def transition(house, day):
    """16, or 17½ and not yet 18, with an active case."""
    if house.born is None:
        return []
    months = moments.months_old(house.born, day)
    is_age = months // 12 == 16 or 210 <= months < 216
    return [[("oneself", case)] for case in active(house.mine)] if is_age else []


def fifty_plus(house, day):
    """50 or older, and two different of four: three categories, and a year or more of employment services."""
    if house.born is None or moments.months_old(house.born, day) < 600:
        return []
    counts = lambda case: case.category in FOUR or (
        case.category == "employment" and case.opened is not None and (day - case.opened).days >= LONG_DAYS)
    found = [case for case in active(house.mine) if counts(case)]
    return [[("oneself", one), ("oneself", other)] for one, other in itertools.permutations(found, 2) if one.category != other.category]


RULES = {one.__name__: one for one in (cross_department, family_job_child, fifty_plus, long_cash_benefit, transition)}
# What no system tells, by rule.
WITHOUT_SOURCE = {"long_cash_benefit": "benefits"}
