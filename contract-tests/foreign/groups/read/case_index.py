"""The joint index (SF1470): everything stored since 1970, by SOAP 1.1, page by page in the order of storing. Told apart by namespace, role
and type, never by position or prefix."""

import datetime
import uuid
import xml.etree.ElementTree as ET

from .. import moments
from ..place import Place, Refused
from ..rows import OVER, RUNNING, VOID, Reading, Row, from_urn

I, A, G = "{urn:oio:sts:sagdok:sagdokumentindeks:6}", "{urn:oio:sts:sagdok:sag:6}", "{urn:oio:sts:generelledefinitioner:6}"
K, D = "{urn:oio:sts:sagdok:sagindeks:6}", "{urn:oio:sagdok:3.0.0}"
PAGE = 200
SHOWN = ("egenskaber", "fremdrift", "sagsklasse", "sagsaktoer", "sagspart", "sagsrelation", "itsystem", "sikkerhedsprofil")
LEVELS = {"IKKE_FORTROLIGE_DATA": 0, "FORTROLIGE_PERSONOPLYSNINGER": 1, "FOELSOMME_PERSONOPLYSNINGER": 2, "VIP_SAGER": 3}
RESPONSIBLE = "a1263342-d348-44ba-a566-233f37c4cb67"
PRIMARY_PARTY, PRIMARY_CLASS = "d839f26a-d4d1-4441-b2d6-3dbbb12a9404", "a86c6581-ec85-412d-a655-31a1f1d5b14f"
MASTER = "251c24fd-57b0-4afc-9d73-b063d1957eb3"
ACTION = '"http://kombit.dk/sts/sagdokumentindeks/fremsoeg"'


def question(start, until, at, size=PAGE):
    stamp = lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = "".join(f"<i:SagVis><i:Vis>{name}</i:Vis></i:SagVis>" for name in SHOWN)
    order = "".join(f"<i:SagSortering><i:Element>{name}</i:Element><i:Retning>Stigende</i:Retning><i:Prioritet>{place}</i:Prioritet></i:SagSortering>"
                    for place, name in enumerate(("StsRegistreringstidspunkt", "BrugervendtNoegle"), 1))
    return f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>
<h:RequestHeader xmlns:h="http://kombit.dk/xml/schemas/RequestHeader/1/"><h:TransactionUUID>{uuid.uuid4()}</h:TransactionUUID></h:RequestHeader></s:Header>
<s:Body><i:FremsoegSagDokumentIndeksInput xmlns:i="{I[1:-1]}" xmlns:a="{A[1:-1]}" xmlns:o="urn:oio:sts:generelleoperationer:6" xmlns:d="{D[1:-1]}">
<i:SoegUdtryk><i:SoegSag><d:FoersteResultatReference>{at}</d:FoersteResultatReference><d:MaksimalAntalKvantitet>{size}</d:MaksimalAntalKvantitet>
<o:SoegStsFraTidspunkt><d:TidsstempelDatoTid>{stamp(start)}</d:TidsstempelDatoTid></o:SoegStsFraTidspunkt>
<o:SoegStsTilTidspunkt><d:TidsstempelDatoTid>{stamp(until)}</d:TidsstempelDatoTid></o:SoegStsTilTidspunkt>
<a:AttributListe/><a:TilstandListe/><a:RelationListe/></i:SoegSag></i:SoegUdtryk>
<i:Filter>{shown}</i:Filter><i:Sortering>{order}</i:Sortering></i:FremsoegSagDokumentIndeksInput></s:Body></s:Envelope>"""


class CaseIndex:
    def __init__(self, base_url, settings, now):
        self.place, self.roles, self.now = Place(base_url), settings.get("roles", {}), now
        self.path = settings.get("path", "/sagdokumentindeks/6")

    def page(self, at, size=PAGE):
        start = datetime.datetime(1970, 1, 1, tzinfo=moments.UTC)
        body = question(start, self.now + datetime.timedelta(days=2), at, size).encode()
        status, _, answer = self.place.ask("POST", self.path, body, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": ACTION})
        if status != 200:
            raise Refused(f"{status} from the index")
        output = ET.fromstring(answer).find(f".//{I}FremsoegSagDokumentIndeksOutput")
        code = int(output.findtext(f"{D}StandardRetur/{D}StatusKode"))
        if code not in (20, 44):
            raise Refused(f"code {code} from the index")
        total = next((int(one.findtext(f"{I}Antal")) for one in output.findall(f"{I}Antal") if one.findtext(f"{I}Element") == "sager"), None)
        return output.findall(f"{I}SagFiltreretOejebliksbillede"), total

    def read(self):
        found, cases, told = Reading(), {}, 0
        while True:
            page, total = self.page(told)
            found.pages += 1
            told += len(page)
            for case in page:
                native = (case.findtext(f"{A}ObjektType/{D}UUIDIdentifikator") or "").lower()
                cases[native] = case
            if not page or (total is not None and told >= total):
                break
        for native, case in cases.items():
            rows = rows_of(native, case, self.now, self.roles)
            found.rows += rows or []
            found.unreadable["row"] += rows is None
        return found


def moment_of(time, at):
    """Of `TidspunktType`: a moment, or none for infinity."""
    found = time.find(at) if time is not None else None
    return moments.moment(found.findtext(f"{D}TidsstempelDatoTid") or "") if found is not None else None


def effect(thing, within):
    virkning = thing.find(f"{within}Virkning")
    return moment_of(virkning, f"{D}FraTidspunkt"), moment_of(virkning, f"{D}TilTidspunkt")


def now_of(things, within, now):
    """Those that hold now."""
    return [one for one in things if moments.holds(*effect(one, within), now)]


def reference(relation, name="ReferenceID"):
    found = relation.find(f"{G}{name}")
    text = None if found is None else found.findtext(f"{D}UUIDIdentifikator") or found.findtext(f"{D}URNIdentifikator")
    return (text or "").strip().lower()


def state_of(steps, now):
    """The progress that covers now, else the one that began last, else the earliest; and when the case began and ended."""
    first = datetime.datetime.min.replace(tzinfo=moments.UTC)
    known = [(effect(one, A), (one.findtext(f"{A}FremdriftStatusKode") or "").strip()) for one in steps]
    covering = [one for one in known if moments.holds(*one[0], now)]
    begun = [one for one in known if one[0][0] is None or one[0][0] <= now]
    order = lambda one: one[0][0] or first
    code = max(covering or begun, key=order)[1] if covering or begun else min(known, key=order)[1] if known else ""
    starts = [one[0][0] for one in known if one[0][0]]
    ends = [one[0][0] for one in known if one[1] == "Afsluttet" and one[0][0]]
    return code, min(starts, default=None), max(ends, default=None)


def danish_day(moment):
    return moments.danish(moment).date() if moment else None


def rows_of(native, case, now, roles):
    """The rows of one case; `None` when it cannot be read or names nobody."""
    first = datetime.datetime.min.replace(tzinfo=moments.UTC)
    versions = sorted(case.findall(f"{A}Registrering"), key=lambda one: moments.moment(one.findtext(f"{G}StsTidspunkt") or "") or first)
    if not native or not versions:
        return None
    newest = versions[-1]
    if (newest.findtext(f"{D}LivscyklusKode") or "") == "Slettet":
        return []
    facts, states, relations = (newest.find(f"{A}{name}") for name in ("AttributListe", "TilstandListe", "RelationListe"))
    properties = (now_of(facts.findall(f"{A}Egenskaber"), A, now) or facts.findall(f"{A}Egenskaber") or [ET.Element("none")])[0]
    extras = facts.findall(f"{G}LokalUdvidelseListe/{K}SagIndeksEgenskaber")
    extra = (now_of(extras, G, now) or extras or [ET.Element("none")])[0]
    code, began, ended = state_of(states.findall(f"{A}Fremdrift"), now)
    status_text = (extra.findtext(f"{K}Sagsstatus") or "").strip()
    levels = [LEVELS.get((one.findtext(f"{K}Foelsomhed") or "").strip(), 3) for one in now_of(extras, G, now) or extras
              if (one.findtext(f"{K}Foelsomhed") or "").strip()]
    is_role = lambda relation, role: reference(relation, "Rolle") == role
    current = lambda name: now_of(relations.findall(f"{A}{name}"), G, now)
    more = relations.find(f"{G}LokalUdvidelseListe")
    more = more if more is not None else ET.Element("none")
    masters = [one for one in now_of(more.findall(f"{K}SagsitsystemRelation"), G, now) if is_role(one, MASTER)]
    kle = [(one.findtext(f"{G}LokalUdvidelseListe/{K}SagsklasseLokalUdvidelse/{K}BrugervendtNoegle") or "").strip()
           for one in current("Sagsklasse") if is_role(one, PRIMARY_CLASS)]
    is_over = code == "Afsluttet"
    told = {
        "source": "case_index", "native": native, "uuid": native,
        "number": (properties.findtext(f"{A}Sagsnummer") or properties.findtext(f"{A}BrugervendtNoegle") or "").strip(),
        "masters": tuple(text for one in masters for text in (reference(one), (one.findtext(f"{K}SystemNavn") or "").strip().lower()) if text),
        "law": properties.findtext(f"{A}HjemmelSpecifikation") or "", "kle": kle[0] if kle else "",
        "opened": moments.day(extra.findtext(f"{K}OprettetTidspunkt")) or danish_day(began), "closed": danish_day(ended) if is_over else None,
        "state": VOID if is_over and status_text.lower() == "annulleret" else OVER if is_over else RUNNING,
        "units": tuple(reference(one) for one in current("Sagsaktoer") if is_role(one, RESPONSIBLE)),
        "level": max(levels, default=None),
        "is_screened": bool(now_of(more.findall(f"{K}Sikkerhedsprofil"), G, now)), "title": properties.findtext(f"{A}Titel") or "",
    }
    everybody = relations.findall(f"{A}Sagspart")
    citizens = {}
    for one in now_of(everybody, G, now) or everybody:
        citizen, role = from_urn(reference(one)), reference(one, "Rolle")
        if citizen:
            names = {PRIMARY_PARTY: "primary", roles.get("secondary_party"): "secondary", roles.get("benefit_recipient"): "benefit_recipient"}
            party = names.get(role, "unknown")
            if citizens.get(citizen) != "primary":
                citizens[citizen] = party
    if citizens:
        return [Row(citizen=citizen, party=party, **told) for citizen, party in citizens.items()]
    is_company = any(reference(one).startswith(("urn:oio:cvr-nr:", "urn:oio:pnr:")) for one in everybody)
    return [] if is_company else None
