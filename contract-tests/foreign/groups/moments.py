"""Moments as the systems write them, and the Danish day of each. The rule of summer time is worked out here, not looked up."""

import datetime
import re

UTC = datetime.timezone.utc
TEXT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\Z")
# Years that systems write for "not set" and "for ever".
NEVER = (1, 1753, 9999)
MONTHS = ("jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec.")


def last_sunday(year, month):
    day = datetime.date(year, month, 31)
    return day - datetime.timedelta(days=(day.weekday() + 1) % 7)


def is_summer(utc):
    """From the last Sunday of March to that of October, 01:00 UTC; since 1996 in all of the EU. Earlier years ended in September."""
    at_one = lambda day: datetime.datetime(day.year, day.month, day.day, 1)
    end = last_sunday(utc.year, 10)
    if utc.year < 1996:
        end = datetime.date(utc.year, 9, 30) - datetime.timedelta(days=(datetime.date(utc.year, 9, 30).weekday() + 1) % 7)
    return utc.year >= 1980 and at_one(last_sunday(utc.year, 3)) <= utc < at_one(end)


def danish(moment):
    """The local clock at this moment."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc + datetime.timedelta(hours=2 if is_summer(utc) else 1)


def moment(text):
    """The moment that a text tells; none for an empty one, infinity and "not set". Without an offset it is Danish time."""
    found = TEXT.match(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second, _, zone = found.groups()
    if int(year) in NEVER:
        return None
    try:
        local = datetime.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59))
    except ValueError:
        return None
    if zone == "Z":
        return local.replace(tzinfo=UTC)
    if zone:
        minutes = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
        return (local - datetime.timedelta(minutes=minutes if zone[0] == "+" else -minutes)).replace(tzinfo=UTC)
    summer = (local - datetime.timedelta(hours=2)).replace(tzinfo=UTC)
    return summer if danish(summer) == local else (local - datetime.timedelta(hours=1)).replace(tzinfo=UTC)


def day(text):
    """The Danish day of a moment; a day alone is that day."""
    if isinstance(text, str) and len(text.strip()) == 10:
        told = moment(text.strip())
        return datetime.date.fromisoformat(text.strip()) if told else None
    told = moment(text)
    return danish(told).date() if told else None


def holds(start, end, now):
    """Begun, and not over: the end is the first moment after it. What is missing is open."""
    return (start is None or start <= now) and (end is None or now < end)


def months_old(born, on):
    """Whole months, on the same day of the month, or on the first after a month that lacks it."""
    months = (on.year - born.year) * 12 + on.month - born.month
    return months - (on.day < born.day)


def written(day):
    """`1. mar. 2024`."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
