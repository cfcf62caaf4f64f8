"""The time below which polling cannot be done."""

import unittest

import time_poll
from groups.rows import Reading

from . import town


class Floors(unittest.TestCase):
    def test_pages_and_calls_times_latency_over_what_is_allowed_at_once(self):
        floor = time_poll.Floor(pages=10, page_seconds=0.2, others=100, other_seconds=0.01, at_once=4)
        self.assertAlmostEqual(floor.seconds, 0.75)
        self.assertAlmostEqual(floor.chain, 2.0)

    def test_an_empty_system_has_one_page_and_a_full_one_no_page_too_many(self):
        self.assertEqual([time_poll.pages_of(rows, 250) for rows in (0, 1, 250, 251)], [1, 1, 1, 2])

    def test_details_are_a_call_a_row_a_citizen_or_a_chunk(self):
        reading = Reading([town.row("dubu", str(one), citizen) for one, citizen in enumerate([town.ANNA, town.BO, town.ANNA])])
        count = lambda kind, **settings: time_poll.others_of(kind, reading, settings)
        self.assertEqual([count("dubu"), count("fasit"), count("oio"), count("oio", read_chunk=2), count("sbsys")], [3, 2, 1, 2, 0])
        self.assertEqual([count("dubu", details=False), count("fasit", list_details=False)], [0, 0])

    def test_the_configurations_limits_count(self):
        class Persons:
            known = {}

        class World:
            readings = {"sbsys": Reading([town.row(native=str(one)) for one in range(501)])}
            by_citizen = {town.ANNA: [], town.BO: []}

        found = time_poll.floors(town.settings(), World, {"sbsys": (0.1, 0.0), "persons": (0.01, 0.0)}, 0.5)
        self.assertEqual((found["sbsys"].pages, found["sbsys"].at_once, found["persons"].pages), (2, 8, 2))
