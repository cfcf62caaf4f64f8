"""OIO REST (LoRa): every case and effort of which any registration was ever in force, and then the objects some at a time."""

import datetime
import json
import urllib.parse

from .. import moments
from ..place import Place, Refused, side_by_side
from ..rows import OVER, RUNNING, VOID, Reading, Row, from_urn

PAGE, TOGETHER = 1000, 40
ALL_TIME = {"virkningFra": "-infinity", "virkningTil": "infinity"}
CLASSES = {
    "sag": ("/sag/sag", "sagegenskaber", "sagfremdrift", ("primaerpart", "sekundaerpart", "ydelsesmodtager")),
    "indsats": ("/indsats/indsats", "indsatsegenskaber", "indsatsfremdrift", ("indsatsmodtager",)),
}
PARTY = {"sekundaerpart": "secondary", "ydelsesmodtager": "benefit_recipient"}


class Oio:
    EVERYTHING = {"registreretFra": "1900-01-01", "registreretTil": "infinity", **ALL_TIME}

    def __init__(self, base_url, settings, now):
        self.place, self.settings, self.now = Place(base_url), settings, now

    def get(self, path, options):
        status, _, body = self.place.ask("GET", f"{path}?{urllib.parse.urlencode(options, doseq=True)}")
        if status in (404, 410):
            return None
        if status != 200:
            raise Refused(f"{status} from GET {path}")
        return json.loads(body)

    def names(self, path, found):
        """The UUIDs of all objects of a class."""
        told = {}
        while True:
            options = {**self.EVERYTHING, "maximalantalresultater": PAGE, "foersteresultat": len(told)}
            page = (self.get(path, options) or {"results": [[]]})["results"]
            page = page[0] if page else []
            found.pages += 1
            before = len(told)
            told.update(dict.fromkeys(page))
            if len(page) < PAGE or len(told) == before:
                return list(told)

    def objects(self, path, names):
        answer = self.get(path, {"uuid": names, **ALL_TIME})
        if answer is None and len(names) > 1:
            return [one for name in names for one in self.objects(path, [name])]
        return [] if answer is None else [one for part in answer.get("results", []) for one in part]

    def read(self):
        found = Reading()
        for name, (path, *_) in CLASSES.items():
            names = self.names(path, found)
            chunks = [names[at:at + TOGETHER] for at in range(0, len(names), TOGETHER)]
            for chunk, told in zip(chunks, side_by_side(lambda chunk: self.objects(path, chunk), chunks)):
                found.unreadable["object"] += len(chunk) - len(told)
                for one in told:
                    rows = rows_of(name, one, self.now, self.settings)
                    found.rows += rows or []
                    found.unreadable["row"] += rows is None
        return found


def effect(thing):
    virkning = thing.get("virkning") or {}
    return moments.moment(virkning.get("from") or ""), moments.moment(virkning.get("to") or "")


def facts(group, name, now):
    """Of those that stand there: the ones that hold now, else the one that began last, else the first to come."""
    things = [one for one in (group or {}).get(name) or [] if isinstance(one, dict)]
    covering = [one for one in things if moments.holds(*effect(one), now)]
    if covering or not things:
        return covering
    first = datetime.datetime.min.replace(tzinfo=moments.UTC)
    order = lambda one: effect(one)[0] or first
    begun = [one for one in things if order(one) <= now]
    return [max(begun, key=order) if begun else min(things, key=order)]


def reference(relation):
    return (relation.get("uuid") or relation.get("urn") or "").strip()


def rows_of(name, thing, now, settings):
    """The rows of one object; `None` when it cannot be read or names nobody."""
    versions = thing.get("registreringer")
    if not isinstance(versions, list) or not versions:
        return None
    first = datetime.datetime.min.replace(tzinfo=moments.UTC)
    newest = max(versions, key=lambda one: moments.moment((one.get("fratidspunkt") or {}).get("tidsstempeldatotid") or "") or first)
    if newest.get("livscykluskode") == "Slettet":
        return []
    _, properties_name, states_name, parties = CLASSES[name]
    properties = (facts(newest.get("attributter"), properties_name, now) or [{}])[0]
    states, relations = newest.get("tilstande") or {}, newest.get("relationer") or {}
    state = (facts(states, states_name, now) or [{}])[0]
    word = state.get("fremdrift") or state.get("status") or ""
    of = lambda relation: facts(relations, relation, now)
    starts = sorted(one for one in (effect(step)[0] for step in states.get(states_name) or []) if one)
    ends = [effect(step)[0] for step in states.get(states_name) or [] if (step.get("fremdrift") or step.get("status")) == "Afsluttet" and effect(step)[0]]
    if name == "sag":
        opened = moments.danish(starts[0]).date() if starts else None
        is_over = word == "Afsluttet"
        closed = moments.danish(max(ends)).date() if is_over and ends else None
        kinds, number = of("primaerklasse"), properties.get("sagsnummer") or properties.get("brugervendtnoegle")
        units = [reference(one).lower() for one in of("ansvarlig")]
    else:
        opened, closed = moments.day(properties.get("starttidspunkt")), moments.day(properties.get("sluttidspunkt"))
        end = moments.moment(properties.get("sluttidspunkt") or "")
        is_over = end is not None and end < now
        kinds, number = of("indsatstype"), properties.get("brugervendtnoegle")
        actors = [one for one in of("indsatsaktoer") if one.get("objekttype") in ("OrganisationEnhed", "Organisation")]
        units = [reference(one).lower() for one in actors[:1]]
    prefix = settings.get("kle_urn_prefix", "urn:oio:kle:")
    names = [reference(one) for one in kinds]
    kle = [one.removeprefix(prefix) for one in names if one.startswith(prefix)]
    levels = [settings.get("sensitivity_levels", {}).get(reference(one)) for one in of("foelsomhedsklasse")]
    told = {
        "source": "oio", "native": thing["id"].lower(), "uuid": thing["id"].lower(), "number": number or "",
        "record": "case" if name == "sag" else "planned_intervention", "law": properties.get("hjemmel") or "",
        "type_codes": tuple(one.lower() if one.count("-") == 4 and not one.startswith("urn:") else one for one in names if one not in kle),
        "kle": kle[0] if kle else "", "opened": opened, "closed": closed,
        "state": VOID if newest.get("livscykluskode") == "Passiveret" else OVER if is_over else RUNNING, "units": tuple(units),
        "level": max((one for one in levels if one is not None), default=None),
        "title": properties.get("titel") or properties.get("beskrivelse") or "",
    }
    citizens, others = {}, False
    for relation in parties:
        for one in of(relation):
            citizen = from_urn(reference(one))
            others |= reference(one).startswith(("urn:oio:cvr-nr:", "urn:oio:pnr:"))
            if citizen:
                citizens.setdefault(citizen, PARTY.get(relation, "primary"))
    if not citizens:
        return [] if others else None
    return [Row(citizen=citizen, party=party, **told) for citizen, party in citizens.items()]
