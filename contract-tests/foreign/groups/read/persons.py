"""The civil register (SF1520): one number a call, by SOAP 1.1. What a list needs of a person, and no name."""

import dataclasses
import datetime
import uuid
import xml.etree.ElementTree as ET

from .. import moments
from ..place import Place, Refused, side_by_side
from ..rows import number

P = "{http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/}"
ACTION = '"http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/5/PersonLookup"'
SERVICE = "4925d7a0-1b5b-11ec-bdc6-b312b83236d4"
GONE = {"70": "disappeared", "80": "emigrated", "90": "dead"}
# A marriage or a partnership that has ended leaves the former partner in the answer.
TOGETHER = ("G", "P")


@dataclasses.dataclass
class Person:
    number: str
    in_force: str
    born: datetime.date | None = None
    status: str = ""
    is_protected: bool = True
    municipality: int | None = None
    children: tuple = ()
    parents: tuple = ()
    spouse: str | None = None

    @property
    def gone(self):
        return GONE.get(self.status)


class Persons:
    def __init__(self, base_url, settings, today):
        self.place, self.settings, self.today, self.known = Place(base_url), settings, today, {}

    def question(self, one):
        told = self.settings
        cvr = told.get("municipality_cvr")
        authority = f'<a:AuthorityContext xmlns:a="http://serviceplatformen.dk/xml/schemas/AuthorityContext/1/"><a:MunicipalityCVR>{cvr}</a:MunicipalityCVR></a:AuthorityContext>' if cvr else ""
        return f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><p:PersonLookupRequest xmlns:p="{P[1:-1]}">
<c:CallContext xmlns:c="http://serviceplatformen.dk/xml/schemas/CallContext/1/"><c:CallersServiceCallIdentifier>{uuid.uuid4()}</c:CallersServiceCallIdentifier></c:CallContext>{authority}
<i:InvocationContext xmlns:i="http://serviceplatformen.dk/xml/schemas/InvocationContext/1/"><i:ServiceAgreementUUID>{told["service_agreement"]}</i:ServiceAgreementUUID><i:UserSystemUUID>{told["user_system"]}</i:UserSystemUUID><i:UserUUID>{told["user"]}</i:UserUUID><i:ServiceUUID>{told.get("service", SERVICE)}</i:ServiceUUID></i:InvocationContext>
<n:PNR xmlns:n="http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/">{one}</n:PNR></p:PersonLookupRequest></s:Body></s:Envelope>"""

    def look_up(self, one):
        """The person, or none when the register knows nobody of that number."""
        path = self.settings.get("path", "/service/CPR/PersonBaseDataExtended/5")
        status, _, body = self.place.ask("POST", path, self.question(one).encode(), {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": ACTION})
        if status == 500 and b"PNR not found" in body:
            return None
        if status != 200:
            raise Refused(f"{status} from the register")
        return person_of(one, ET.fromstring(body), self.today, self.settings.get("absent_protection") == "open")

    def all_of(self, numbers):
        """Those not asked about before are asked about now."""
        fresh = sorted(set(numbers) - self.known.keys())
        self.known.update(zip(fresh, side_by_side(self.look_up, fresh)))

    def in_force(self, one):
        """The number in force of whoever has or had this one: at most as many steps as a careful sender could make."""
        for _ in range(4):
            if one not in self.known:
                self.all_of([one])
            person = self.known.get(one)
            if person is None or person.in_force == one:
                break
            one = person.in_force
        return one


def person_of(asked, answer, today, is_open_without_flag):
    data = answer.find(f".//{P}persondata")
    if data is None or number(data.findtext(f"{P}personnummer")) != asked:
        return None
    family = answer.find(f".//{P}relationer")
    family = family if family is not None else ET.Element("none")
    relative = lambda name: number(family.findtext(f"{P}{name}/{P}personnummer"))
    many = lambda name: tuple(one for one in (number(each.findtext(f"{P}personnummer")) for each in family.findall(f"{P}{name}")) if one)
    is_together = data.findtext(f"{P}civilstand/{P}civilstand") in TOGETHER
    municipality = answer.findtext(f".//{P}aktuelAdresse/{P}kommunekode")
    return Person(
        number=asked, in_force=number(data.findtext(f"{P}gaeldendePersonnummer")) or asked,
        born=moments.day(data.findtext(f"{P}foedselsdato/{P}dato")), status=data.findtext(f"{P}status/{P}status") or "",
        is_protected=protection(data.find(f"{P}adressebeskyttelse"), today, is_open_without_flag),
        municipality=int(municipality) if municipality else None, children=many("barn"),
        parents=tuple(one for one in (relative("mor"), relative("far")) if one), spouse=relative("aegtefaelle") if is_together else None)


def protection(element, today, is_open_without_flag):
    """Whether name and address are protected; what nobody says counts as protected."""
    if element is None:
        return not is_open_without_flag
    said = element.findtext(f"{P}beskyttet")
    if said is not None:
        return said.strip() in ("true", "1")
    start, end = moments.day(element.findtext(f"{P}startdato")), moments.day(element.findtext(f"{P}slutdato"))
    if start is None and end is None:
        return True
    return (start is None or start <= today) and (end is None or today < end)
