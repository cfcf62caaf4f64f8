"""Days and moments."""

import datetime
import unittest

from groups import moments
from groups.rows import from_urn, number


class Moments(unittest.TestCase):
    def test_midnight_in_utc_is_the_danish_day_in_summer_and_in_winter(self):
        self.assertEqual(moments.day("2025-09-03T22:00:00.000Z"), datetime.date(2025, 9, 4))
        self.assertEqual(moments.day("2025-02-28T23:00:00.000Z"), datetime.date(2025, 3, 1))
        self.assertEqual(moments.day("2025-02-28T22:59:59.999Z"), datetime.date(2025, 2, 28))

    def test_every_way_of_writing_an_offset_is_the_same_moment(self):
        wanted = datetime.datetime(2025, 3, 1, tzinfo=moments.UTC)
        for text in ("2025-03-01 00:00:00+00", "2025-03-01T00:00:00Z", "2025-03-01T01:00:00+01:00", "2025-03-01T01:00:00.6100000+0100",
                     "2025-03-01T01:00:00", " 2025-03-01T00:00:00.0Z "):
            self.assertEqual(moments.moment(text), wanted, text)

    def test_what_is_not_set_is_no_moment(self):
        for text in ("infinity", "-infinity", "", None, "0001-01-01T00:00:00", "9999-12-31", "2025-02-30T00:00:00", "i morgen", 7):
            self.assertIsNone(moments.moment(text), text)
            self.assertIsNone(moments.day(text), text)

    def test_the_clock_changes_on_the_last_sundays(self):
        for text, wanted in (("2026-03-29T00:59:59Z", 1), ("2026-03-29T01:00:00Z", 3), ("2026-10-25T00:59:59Z", 2), ("2026-10-25T01:00:00Z", 2)):
            self.assertEqual(moments.danish(moments.moment(text)).hour, wanted, text)

    def test_months_end_on_the_same_day_or_on_the_first_after(self):
        old = moments.months_old
        self.assertEqual(old(datetime.date(2008, 8, 31), datetime.date(2026, 2, 28)), 209)
        self.assertEqual(old(datetime.date(2008, 8, 31), datetime.date(2026, 3, 1)), 210)
        self.assertEqual(old(datetime.date(2008, 2, 29), datetime.date(2026, 2, 28)) // 12, 17)
        self.assertEqual(old(datetime.date(2008, 2, 29), datetime.date(2026, 3, 1)) // 12, 18)
        self.assertEqual(moments.written(datetime.date(2024, 3, 1)), "1. mar. 2024")

    def test_a_number_is_ten_digits_and_no_sentinel(self):
        self.assertEqual(number("140504-9979"), "1405049979")
        self.assertEqual(number("0101019999"), "0101019999")
        self.assertEqual(number("670297-9979"), "6702979979", "a replacement number")
        for text in ("000000-0000", "      -    ", "", None, "1234", "3213131234", "990101-1234"):
            self.assertIsNone(number(text), text)
        self.assertEqual(from_urn("urn:oio:cpr-nr:1405049979"), "1405049979")
        self.assertIsNone(from_urn("urn:oio:cvr-nr:12345678"))
