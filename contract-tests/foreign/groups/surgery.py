"""What a listing's question and answer are in each system, so that a proxy can take rows out of a page and leave the rest as it was."""

import json
import re
import urllib.parse

SNAPSHOT = re.compile(rb"<((?:\w+:)?)SagFiltreretOejebliksbillede[ >/].*?</\1SagFiltreretOejebliksbillede>", re.DOTALL)
TOTAL = re.compile(rb"(<((?:\w+:)?)Element>sager</\2Element>\s*<((?:\w+:)?)Antal>)(\d+)(<)")
# What stands in place of a row that nobody can read.
NO_ROW = {"sbsys": {"Id": "no number"}, "fasit": {"id": None}, "dubu": {"id": "no number"}}


def is_listing(kind, method, path, body):
    """Whether this call asks for a page of everybody's cases, and not about one."""
    if kind == "sbsys":
        return method == "POST" and path.lower().startswith("/api/sag/search") and b"CprNummer" not in body
    if kind == "fasit":
        return method == "POST" and path == "/api/search" and not re.search(rb'"field":\s*"CitizenCprFormatted"', body)
    if kind == "dubu":
        return path.startswith("/odata/Sag?") and not re.search(r"[?&]search=", path)
    if kind == "case_index":
        return b"SoegStsFraTidspunkt" in body
    if kind == "oio":
        options = urllib.parse.parse_qs(path.partition("?")[2])
        return "uuid" not in options and not {"primaerpart", "sekundaerpart", "ydelsesmodtager", "indsatsmodtager"} & options.keys() and (
            path.startswith(("/sag/sag?", "/indsats/indsats?", "/lora/")) and "maximalantalresultater" in options
            and options["maximalantalresultater"] != ["1"])
    return kind == "persons"


def first_row(kind, path, body):
    """The place of the page's first row; none where pages go by another thing than place."""
    if kind == "sbsys":
        asked = {key.lower(): value for key, value in json.loads(body).items()}
        return asked["skip"] if "skip" in asked else (asked.get("pagenumber", 1) - 1) * asked.get("pagesize", 0)
    if kind == "fasit":
        asked = json.loads(body)
        return asked["pageNumber"] * asked["pageSize"]
    if kind == "dubu":
        return int(urllib.parse.parse_qs(path.partition("?")[2]).get("$skip", ["0"])[0])
    if kind == "oio":
        return int(urllib.parse.parse_qs(path.partition("?")[2]).get("foersteresultat", ["0"])[0])
    found = re.search(rb"FoersteResultatReference>(\d+)<", body)
    return int(found[1]) if found else None


def with_rows(kind, answer, change, total=None):
    """The answer with its rows put through `change`, and with another total where one is given."""
    if kind == "case_index":
        rows = [match[0] for match in SNAPSHOT.finditer(answer)]
        if not rows:
            return answer
        start, end = SNAPSHOT.search(answer).start(), answer.rindex(rows[-1]) + len(rows[-1])
        left = answer[:start] + b"".join(change(rows)) + answer[end:]
        return TOTAL.sub(lambda match: match[1] + str(total(int(match[4]))).encode() + match[5], left) if total else left
    told = json.loads(answer)
    where, name, counts = {
        "sbsys": (told, "Results", ("TotalNumberOfResults",)),
        "fasit": (told.get("searchResult"), "rows", ("totalResultsCount",)),
        "dubu": (told, "value", ("@odata.count",)),
        "oio": (told, "results", ()),
    }[kind]
    if not isinstance(where, dict) or name not in where:
        return answer
    if kind == "oio":
        where[name] = [change(part) for part in where[name]]
    else:
        where[name] = change(where[name])
    for count in counts if total else ():
        if count in where:
            where[count] = total(where[count])
    return json.dumps(told, ensure_ascii=False).encode()


def pages_of(kind, answer, size):
    """Fasit tells the number of pages beside the number of rows."""
    if kind != "fasit":
        return answer
    told = json.loads(answer)
    result = told.get("searchResult") or {}
    if "resultsPagesCount" in result:
        result["resultsPagesCount"] = -(-result["totalResultsCount"] // size)
    return json.dumps(told, ensure_ascii=False).encode()


def without_reading(kind, rows):
    """The page with its first row made unreadable."""
    if not rows:
        return rows
    if kind == "case_index":
        return [re.sub(rb"<((?:\w+:)?)Registrering[ >].*</\1Registrering>", b"", rows[0], flags=re.DOTALL), *rows[1:]]
    if kind == "oio":
        return ["00000000-0000-4000-8000-000000000000", *rows[1:]]
    return [NO_ROW[kind], *rows[1:]]
