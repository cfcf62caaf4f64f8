"""What a reader takes from a system: one row for one citizen who is a party of one case or effort."""

import collections
import dataclasses
import datetime
import re

RUNNING, OVER, VOID = "running", "over", "void"


@dataclasses.dataclass(frozen=True)
class Row:
    source: str
    native: str
    citizen: str
    party: str = "primary"
    record: str = "case"
    uuid: str = ""
    number: str = ""
    masters: tuple = ()
    type_codes: tuple = ()
    type_name: str = ""
    template: str = ""
    law: str = ""
    kle: str = ""
    opened: datetime.date | None = None
    closed: datetime.date | None = None
    state: str = RUNNING
    units: tuple = ()
    level: int | None = None
    is_screened: bool = False
    title: str = ""


@dataclasses.dataclass
class Reading:
    """What one system told, and what of it nobody could read."""

    rows: list = dataclasses.field(default_factory=list)
    unreadable: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    pages: int = 0


def number(text):
    """Ten digits, whatever way a system writes them; none for a sentinel and for what is no number."""
    digits = re.sub(r"[\s-]", "", str(text)) if text else ""
    if re.fullmatch(r"\d{10}", digits) and digits[:6] != "000000" and 1 <= int(digits[:2]) % 60 <= 31 and 1 <= int(digits[2:4]) <= 12:
        return digits
    return None


def from_urn(text):
    return number(text.rsplit(":", 1)[1]) if text and text.startswith("urn:oio:cpr-nr:") else None
