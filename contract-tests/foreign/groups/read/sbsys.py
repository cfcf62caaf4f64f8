"""SBSYS: a token of Keycloak's, and the search for cases, page by page in the dialect `PageNumber`/`PageSize`."""

import urllib.parse

from .. import moments
from ..place import Place, Refused
from ..rows import OVER, RUNNING, Reading, Row, number

PAGE = 1000
TOKEN_PATH = "/auth/realms/sbsip/protocol/openid-connect/token"


class Sbsys:
    def __init__(self, base_url, settings, secret):
        self.place, self.settings, self.secret, self.token = Place(base_url), settings, secret, None

    def renew(self):
        form = {"grant_type": "password", "client_id": self.settings["client_id"], "client_secret": self.secret("client_secret"),
                "username": self.settings["username"], "password": self.secret("password")}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = self.place.ask("POST", TOKEN_PATH, urllib.parse.urlencode(form).encode(), headers)
        if status != 200:
            raise Refused(f"{status} for a token")
        import json
        self.token = json.loads(body)["access_token"]

    def ask(self, method, path, body=None):
        if self.token is None:
            self.renew()
        try:
            return self.place.json(method, path, body, {"Authorization": f"Bearer {self.token}"})
        except Refused as refused:
            if not str(refused).startswith("401"):
                raise
            self.renew()
            return self.place.json(method, path, body, {"Authorization": f"Bearer {self.token}"})

    def read(self):
        found = Reading()
        templates = {one.get(key): one.get("Navn", "") for one in self.ask("GET", "/api/sagsskabelon") for key in ("Id", "Uuid", "SagSkabelonIdentity")}
        states = [one["Id"] for one in self.ask("GET", "/api/sag/sagStatusList") if one.get("SagsTilstand") != "Afsluttet"]
        seen, page, total = set(), 1, None
        while total is None or len(seen) < total:
            question = {"SagsStatusIds": states, "PageNumber": page, "PageSize": PAGE}
            answer = self.ask("POST", "/api/sag/search?InkluderParterIResultat=true", question)
            fresh = [row for row in answer["Results"] if str(row.get("Id")) not in seen]
            total, page, found.pages = answer["TotalNumberOfResults"], page + 1, found.pages + 1
            if not fresh:
                break
            seen.update(str(row.get("Id")) for row in fresh)
            for row in fresh:
                rows = rows_of(row, templates)
                found.rows += rows or []
                found.unreadable["row"] += rows is None
        if total != len(seen):
            found.unreadable["page"] += 1
        return found


def parties(case):
    """Each citizen with the role; the primary part first. `None` when nobody at all is named."""
    found, others = {}, False
    primary = case.get("PrimaryPart") or {}
    mine = number(primary.get("CPRnummer"))
    others |= bool(primary) and mine is None
    if mine:
        found[mine] = "primary"
    for person in case.get("Personer") or []:
        one = number(person.get("CprNummer") or person.get("CPRnummer"))
        if one:
            found.setdefault(one, "secondary" if primary else "unknown")
    others |= bool(case.get("Firmaer"))
    return found if found or others else None


def rows_of(case, templates):
    """The rows of one search row; `None` when it cannot be read."""
    if not isinstance(case.get("Id"), int):
        return None
    citizens = parties(case)
    if citizens is None:
        return None
    state = case.get("SagsStatus") or {}
    template = case.get("SagSkabelon") or {}
    parts = (case.get("Nummer") or "").split("-")
    is_over = state.get("SagsTilstand") == "Afsluttet"
    shared = {
        "source": "sbsys", "native": str(case["Id"]), "uuid": (case.get("SagIdentity") or "").lower(), "number": case.get("Nummer") or "",
        "type_codes": tuple(str(template[key]) for key in ("Id",) if template.get(key) is not None),
        "template": template.get("Navn") or templates.get(case.get("SagSkabelonIdentity"), ""), "type_name": template.get("Navn") or "",
        "kle": parts[0] if len(parts) >= 3 else "", "opened": moments.day(case.get("Opstaaet")),
        "closed": moments.day(case.get("SenesteStatusAendring")) if is_over else None, "state": OVER if is_over else RUNNING,
        "units": tuple(str((case.get("Ansaettelsessted") or {}).get(key)) for key in ("Id", "Uuid")),
        "is_screened": case.get("ErBeskyttet") is not False, "title": case.get("SagsTitel") or case.get("Titel") or "",
    }
    return [Row(citizen=citizen, party=party, **shared) for citizen, party in citizens.items()]
