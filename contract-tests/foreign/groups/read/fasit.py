"""Fasit: the search by rules for cases of all citizens, 250 a page, oldest first; then each citizen's cases, which tell unit and target group."""

import datetime
import uuid

from .. import moments
from ..place import Place, Refused, side_by_side
from ..rows import OVER, RUNNING, Reading, Row, number

PAGE = 250
COLUMNS = ("CitizenCprFormatted", "Cases.CaseStatus", "Cases.CaseStartDate", "Cases.CaseEndDate", "Cases.CreatedOn")


class Fasit:
    def __init__(self, base_url, settings, secret, now):
        self.place, self.now = Place(base_url), now
        site = settings["site"]
        self.headers = {"Authorization": f"Bearer {secret('token')}", "X-Tenant": settings["tenant"], "Origin": site, "Referer": site + "/",
                        "Accept-Language": "da"}
        self.active = set(settings.get("active_status_codes", ["1", "3"]))
        self.closed = set(settings.get("closed_status_codes", ["2", "4", "5"]))

    def page(self, at):
        rules = [{"field": "Cases.CreatedOn", "operator": "gt", "value": "1900-01-01T00:00:00.000Z"}]
        body = {"universe": "citizen", "usePreviewVersion": False, "queryType": "fasitDsl", "query": {"condition": "and", "rules": rules},
                "dslVersion": "1.0.0", "resultType": "Cases", "columns": [{"name": name} for name in COLUMNS],
                "sortColumns": [{"name": "Cases.CreatedOn", "desc": False}], "columnFilters": [], "embeddedSortColumns": []}
        asked = {"body": body, "pageNumber": at, "pageSize": PAGE, "embeddedPageNumber": 0, "embeddedPageSize": 100}
        return self.place.json("POST", "/api/search", asked, self.headers)["searchResult"]

    def cases(self, citizen):
        try:
            answer = self.place.json("POST", "/api/citizen/case/queries/getcases", {"citizenId": citizen}, self.headers)
        except Refused:
            return None
        return {one.get("caseId"): one for one in answer["cases"]}

    def read(self):
        found, listed, at = Reading(), {}, 0
        while True:
            result = self.page(at)
            found.pages += 1
            for row in result["rows"]:
                listed[row.get("id") or uuid.uuid4()] = row
            at += 1
            if at >= result["resultsPagesCount"] or not result["rows"]:
                break
        if len(listed) != result["totalResultsCount"]:
            found.unreadable["page"] += 1
        open_rows = [row for row in listed.values() if self.state(row.get("Cases.CaseStatus"), row.get("Cases.CaseEndDate")) == RUNNING]
        citizens = sorted({row["citizenId"] for row in open_rows if row.get("citizenId")})
        details = dict(zip(citizens, side_by_side(self.cases, citizens)))
        for row in open_rows:
            one = number(row.get("CitizenCprFormatted"))
            if one is None or not row.get("id"):
                found.unreadable["row"] += 1
                continue
            detail = (details.get(row.get("citizenId")) or {}).get(row["id"])
            found.unreadable["detail"] += detail is None
            found.rows.append(self.row(one, row, detail or {}))
        return found

    def state(self, code, end):
        """By its code; one that nobody knows is over when its end has passed, and counts as running otherwise."""
        if code in self.active:
            return RUNNING
        if code in self.closed:
            return OVER
        ended = moments.day(end)
        return OVER if ended is not None and ended < moments.danish(self.now).date() else RUNNING

    def row(self, citizen, row, detail):
        group, unit = detail.get("targetGroup") or {}, detail.get("responsibleUnit") or {}
        tell = lambda short, long: detail.get(short) if detail.get(short) is not None else row.get(long)
        return Row(
            source="fasit", native=str(row["id"]), citizen=citizen, uuid=str(row["id"]).lower(), number=(detail.get("caseNumber") or "").strip(),
            type_codes=(group["code"],) if group.get("code") else (), type_name=group.get("name") or "",
            opened=moments.day(tell("caseStartDate", "Cases.CaseStartDate")), closed=moments.day(tell("caseEndDate", "Cases.CaseEndDate")),
            state=self.state(tell("caseStatus", "Cases.CaseStatus"), tell("caseEndDate", "Cases.CaseEndDate")),
            units=(str(unit["id"]).lower(),) if unit.get("id") else ())


def token_until(moment):
    """A bearer that looks like one: a JWT that nobody verifies."""
    import base64
    import json
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    ends = int((moment + datetime.timedelta(days=400)).timestamp())
    return ".".join([part({"alg": "none", "typ": "JWT"}), part({"exp": ends, "iat": ends - 34_560_000}), "nobody-verifies-this"])
