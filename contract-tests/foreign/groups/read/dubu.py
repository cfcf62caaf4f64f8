"""DUBU's screen interface: the case list by OData as the screen asks for it, newest id first, and each case's details."""

import urllib.parse

from .. import moments
from ..place import Place, Refused, side_by_side
from ..rows import OVER, RUNNING, Reading, Row, number

PAGE = 100
ENDED = ("SagStatus2", "SagStatus5", "SagStatus6", "SagStatus7")
SELECT = "tvang,titel,status,sagstype,id,isSensitive,sagsnummer,sekundaerBehandlerNavne"
EXPAND = ("primaerPerson($select=alder,cprnr,fornavn,mellemnavn,efternavn,id,organisationsnavn,fuldeNavn,navn),primaerBehandler,"
          "foerstkommendeFrist($select=fristDato,id)")


class Dubu:
    def __init__(self, base_url, settings, secret):
        self.place, self.headers = Place(base_url), {"Cookie": secret("cookie").strip()}

    def ask(self, path):
        return self.place.json("GET", path, None, self.headers)

    def page(self, at, size=PAGE):
        options = {"$format": "application/json;odata.metadata=none", "$top": size, "$skip": at, "$select": SELECT, "$expand": EXPAND,
                   "$orderby": "id desc", "$filter": " and ".join(f"status/brugervendtNoegle ne '{key}'" for key in ENDED), "$count": "true"}
        return self.ask("/odata/Sag?" + urllib.parse.urlencode(options, quote_via=urllib.parse.quote, safe="$"))

    def details(self, native):
        try:
            told = self.ask(f"/api/sager/details/{native}")
        except Refused:
            return None
        return told if told.get("id") == native else None

    def read(self):
        found, listed = Reading(), {}
        while True:
            page = self.page(len(listed))
            found.pages += 1
            before = len(listed)
            listed.update((row["id"], row) for row in page["value"])
            if len(listed) >= page["@odata.count"] or len(listed) == before:
                break
        if len(listed) != page["@odata.count"]:
            found.unreadable["page"] += 1
        found.unreadable["row"] += sum(not isinstance(native, int) for native in listed)
        listed = {native: row for native, row in listed.items() if isinstance(native, int)}
        details = dict(zip(listed, side_by_side(self.details, list(listed))))
        for native, row in listed.items():
            person = row.get("primaerPerson") or {}
            citizen = number(person.get("cprnr"))
            if citizen is None:
                found.unreadable["row"] += not person.get("organisationsnavn")
                continue
            found.unreadable["detail"] += details[native] is None
            found.rows.append(row_of(citizen, row, details[native] or {}))
        return found


def row_of(citizen, row, detail):
    kind, unit = row.get("sagstype"), detail.get("afdeling") or {}
    if not isinstance(kind, dict):
        kind = {"titel": kind, "brugervendtNoegle": kind}
    state = (row.get("status") or {}).get("brugervendtNoegle")
    return Row(
        source="dubu", native=str(row["id"]), citizen=citizen, uuid=(detail.get("sagUuid") or "").lower(),
        number=(row.get("sagsnummer") or detail.get("sagsnummer") or "").strip(),
        type_codes=(kind["brugervendtNoegle"],) if kind.get("brugervendtNoegle") else (), type_name=kind.get("titel") or "",
        kle=(detail.get("kleEmne") or {}).get("brugervendtNoegle") or "", opened=moments.day(detail.get("oprettetDato")),
        closed=moments.day(detail.get("afsluttetDato")), state=OVER if state in ENDED else RUNNING,
        units=(str(unit["orgEnhedId"]),) if unit.get("orgEnhedId") is not None else (),
        level=3 if row.get("isSensitive") else None, title=row.get("titel") or "")
