"""What each reader makes of an answer that is shaped as the documents say. The systems' oddities, one at a time."""

import datetime
import json
import unittest
import xml.etree.ElementTree as ET

from groups import moments
from groups.read import case_index, dubu, fasit, oio, persons, sbsys
from groups.rows import OVER, RUNNING, VOID

from . import town

NOW = datetime.datetime(2026, 11, 24, 8, tzinfo=moments.UTC)
DAY = datetime.date


class Sbsys(unittest.TestCase):
    CASE = {"Id": 3793, "SagIdentity": "F9E19574-0000-4000-8000-000000000001", "Nummer": "27.27.42-G01-7-25", "SagsTitel": "Bostøtte",
            "Opstaaet": "2025-02-07T23:21:00.61Z", "ErBeskyttet": False, "PrimaryPart": {"PartType": "Person", "CPRnummer": "140504-9979"},
            "Personer": [{"CprNummer": "140504-9979"}, {"CprNummer": "090388-9980"}, {"CprNummer": "000000-0000"}],
            "Ansaettelsessted": {"Id": 301}, "SagsStatus": {"SagsTilstand": "Aktiv"}, "SagSkabelon": {"Id": 77, "Navn": "Værgemål"}}

    def rows(self, **changed):
        return sbsys.rows_of({**self.CASE, **changed}, {"t-1": "Enkeltydelse"})

    def test_a_case_is_a_row_for_each_citizen_with_the_role(self):
        first, second = self.rows()
        self.assertEqual((first.citizen, first.party, second.citizen, second.party), (town.ANNA, "primary", town.BO, "secondary"))
        self.assertEqual((first.kle, first.opened, first.state, first.uuid), ("27.27.42", DAY(2025, 2, 8), RUNNING, "f9e19574-0000-4000-8000-000000000001"))
        self.assertEqual((first.template, first.units[0], first.is_screened), ("Værgemål", "301", False))

    def test_what_is_not_said_of_protection_counts_as_protected(self):
        self.assertTrue(self.rows(ErBeskyttet=None)[0].is_screened)
        self.assertTrue(self.rows(ErBeskyttet=True)[0].is_screened)

    def test_nobody_and_no_id_cannot_be_read_and_a_firm_is_no_row(self):
        self.assertIsNone(self.rows(Id="nej"))
        self.assertIsNone(self.rows(PrimaryPart=None, Personer=[]))
        self.assertEqual(self.rows(PrimaryPart=None)[0].party, "unknown")
        self.assertEqual(self.rows(PrimaryPart={"PartType": "Firma", "CVRnummer": "12345678"}, Personer=[]), [])

    def test_a_template_by_its_identity_is_looked_up(self):
        self.assertEqual(self.rows(SagSkabelon=None, SagSkabelonIdentity="t-1")[0].template, "Enkeltydelse")
        self.assertEqual(self.rows(SagsStatus={"Navn": "Færdig", "SagsTilstand": "Afsluttet"})[0].state, OVER)


class Fasit(unittest.TestCase):
    def test_a_code_decides_and_an_unknown_one_by_its_end(self):
        reader = fasit.Fasit("http://127.0.0.1:1", {"site": "x", "tenant": "y"}, lambda name: "t", NOW)
        for code, end, wanted in (("1", "2020-01-01T23:00:00.000Z", RUNNING), ("3", None, RUNNING), ("2", None, OVER), ("7", None, RUNNING),
                                  ("7", "2026-11-22T23:00:00.000Z", OVER), ("7", "2026-11-23T23:00:00.000Z", RUNNING), (None, None, RUNNING)):
            self.assertEqual(reader.state(code, end), wanted, (code, end))

    def test_a_row_takes_unit_and_target_group_from_the_citizens_cases(self):
        reader = fasit.Fasit("http://127.0.0.1:1", {"site": "x", "tenant": "y"}, lambda name: "t", NOW)
        listed = {"id": "7B0C", "Cases.CaseStatus": "1", "Cases.CaseStartDate": "2025-02-28T23:00:00.000Z"}
        one = reader.row(town.ANNA, listed, {"targetGroup": {"code": "6.3", "name": "x"}, "responsibleUnit": {"id": "D0"}, "caseNumber": " 25-1 "})
        self.assertEqual((one.type_codes, one.units, one.number, one.opened), (("6.3",), ("d0",), "25-1", DAY(2025, 3, 1)))
        bare = reader.row(town.ANNA, listed, {})
        self.assertEqual((bare.type_codes, bare.units), ((), ()))


class Dubu(unittest.TestCase):
    ROW = {"id": 606094, "sagsnummer": " 25/1 ", "titel": "x", "sagstype": {"titel": "Anbringelse", "brugervendtNoegle": "Anbringelse"},
           "status": {"brugervendtNoegle": "SagStatus1"}, "isSensitive": False}

    def test_a_row_and_its_details(self):
        one = dubu.row_of(town.BARN, self.ROW, {"sagUuid": "8F7A", "oprettetDato": "2025-02-03T00:00:00", "afsluttetDato": "0001-01-01T00:00:00",
                                                "afdeling": {"orgEnhedId": 501}, "kleEmne": {"brugervendtNoegle": "34.10.10"}})
        self.assertEqual((one.uuid, one.opened, one.closed, one.units, one.kle, one.level), ("8f7a", DAY(2025, 2, 3), None, ("501",), "34.10.10", None))

    def test_a_type_may_be_a_text_and_the_sensitive_is_of_the_highest_level(self):
        one = dubu.row_of(town.BARN, {**self.ROW, "sagstype": "Anbringelse", "isSensitive": True, "status": {"brugervendtNoegle": "SagStatus9"}}, {})
        self.assertEqual((one.type_name, one.level, one.state), ("Anbringelse", 3, RUNNING))
        self.assertEqual(dubu.row_of(town.BARN, {**self.ROW, "status": {"brugervendtNoegle": "SagStatus5"}}, {}).state, OVER)


class Index(unittest.TestCase):
    def case(self, inner="", states="", versions=1, more=""):
        space = {"i": case_index.I, "a": case_index.A, "g": case_index.G, "k": case_index.K, "d": case_index.D}
        names = " ".join(f'xmlns:{prefix}="{uri[1:-1]}"' for prefix, uri in space.items())
        one = f"""<a:Registrering><d:LivscyklusKode>Importeret</d:LivscyklusKode>{more}<g:StsTidspunkt>2025-03-30T03:15:02.018+02:00</g:StsTidspunkt>
<a:AttributListe><a:Egenskaber><a:BrugervendtNoegle>2024-1</a:BrugervendtNoegle><a:HjemmelSpecifikation>SEL § 85</a:HjemmelSpecifikation><a:Titel>T</a:Titel></a:Egenskaber>
<g:LokalUdvidelseListe><k:SagIndeksEgenskaber><k:Foelsomhed>FOELSOMME_PERSONOPLYSNINGER</k:Foelsomhed></k:SagIndeksEgenskaber></g:LokalUdvidelseListe></a:AttributListe>
<a:TilstandListe>{states}</a:TilstandListe><a:RelationListe>{inner}</a:RelationListe></a:Registrering>"""
        return ET.fromstring(f"<i:SagFiltreretOejebliksbillede {names}>{one * versions}</i:SagFiltreretOejebliksbillede>")

    def relation(self, name, role, reference, kind="URN", over=False, inner=""):
        virkning = "<g:Virkning><d:TilTidspunkt><d:TidsstempelDatoTid>2025-01-01T00:00:00+01:00</d:TidsstempelDatoTid></d:TilTidspunkt></g:Virkning>" if over else ""
        return (f"<{name}>{virkning}<g:Rolle><d:UUIDIdentifikator>{role.upper()}</d:UUIDIdentifikator></g:Rolle>"
                f"<g:ReferenceID><d:{kind}Identifikator>{reference}</d:{kind}Identifikator></g:ReferenceID>{inner}</{name}>")

    def party(self, number, over=False, role=case_index.PRIMARY_PARTY):
        return self.relation("a:Sagspart", role, f"urn:oio:cpr-nr:{number}", over=over)

    def state(self, code, start, end=None):
        stamp = lambda name, text: f"<d:{name}><d:TidsstempelDatoTid>{text}</d:TidsstempelDatoTid></d:{name}>" if text else f"<d:{name}><d:GraenseIndikator>true</d:GraenseIndikator></d:{name}>"
        return f"<a:Fremdrift><a:Virkning>{stamp('FraTidspunkt', start)}{stamp('TilTidspunkt', end)}</a:Virkning><a:FremdriftStatusKode>{code}</a:FremdriftStatusKode></a:Fremdrift>"

    def rows(self, case, roles=None):
        return case_index.rows_of("uuid-1", case, NOW, roles or {})

    def test_the_party_that_holds_now_is_the_citizen(self):
        case = self.case(self.party(town.ANNA, over=True) + self.party(town.BO))
        self.assertEqual([one.citizen for one in self.rows(case)], [town.BO])
        only = self.case(self.party(town.ANNA, over=True))
        self.assertEqual([one.citizen for one in self.rows(only)], [town.ANNA], "nobody is any more")

    def test_status_now_is_what_covers_now_and_no_order_is_promised(self):
        case = self.case(self.party(town.ANNA), self.state("Afsluttet", "2027-01-01T00:00:00+01:00") + self.state("Oplyst", "2025-03-30T03:15:00+02:00", "2027-01-01T00:00:00+01:00")
                         + self.state("Opstaaet", "2024-11-04T09:12:00+01:00", "2025-03-30T03:15:00+02:00"))
        one, = self.rows(case)
        self.assertEqual((one.state, one.opened, one.level, one.law), (RUNNING, DAY(2024, 11, 4), 2, "SEL § 85"))
        over, = self.rows(self.case(self.party(town.ANNA), self.state("Afsluttet", "2026-11-01T00:00:00+01:00") + self.state("Oplyst", "2025-03-30T03:15:00", "2026-11-01T00:00:00+01:00")))
        self.assertEqual((over.state, over.closed), (OVER, DAY(2026, 11, 1)))

    def test_master_unit_and_profile(self):
        profile = "<g:LokalUdvidelseListe>" + self.relation("k:Sikkerhedsprofil", "cccccccc-0000-4000-8000-000000000003", "aaaa", "UUID") + self.relation(
            "k:SagsitsystemRelation", case_index.MASTER, "5B5B", "UUID", inner="<k:SystemNavn>KY</k:SystemNavn>") + "</g:LokalUdvidelseListe>"
        one, = self.rows(self.case(self.relation("a:Sagsaktoer", case_index.RESPONSIBLE, "6A5B", "UUID") + self.party(town.ANNA) + profile))
        self.assertEqual((one.masters, one.units, one.is_screened), (("5b5b", "ky"), ("6a5b",), True))

    def test_a_case_without_anybody_cannot_be_read_and_a_company_is_no_row(self):
        self.assertIsNone(self.rows(self.case()))
        self.assertIsNone(self.rows(self.case(self.party(town.ANNA), versions=0)))
        self.assertEqual(self.rows(self.case(self.relation("a:Sagspart", case_index.PRIMARY_PARTY, "urn:oio:cvr-nr:12345678"))), [])
        second = "cccccccc-0000-4000-8000-000000000010"
        self.assertEqual(self.rows(self.case(self.party(town.ANNA, role=second)), {"secondary_party": second})[0].party, "secondary")

    def test_a_question_is_well_formed_and_its_window_closed(self):
        asked = ET.fromstring(case_index.question(NOW, NOW, 200))
        self.assertEqual(asked.find(f".//{case_index.D}FoersteResultatReference").text, "200")
        self.assertEqual(len(asked.findall(f".//{case_index.D}TidsstempelDatoTid")), 2)


class Oio(unittest.TestCase):
    def effort(self, **changed):
        virkning = {"from": "2024-01-01 00:00:00+00", "to": "infinity"}
        newest = {"livscykluskode": "Rettet", "fratidspunkt": {"tidsstempeldatotid": "2025-01-01T00:00:00+00:00"},
                  "attributter": {"indsatsegenskaber": [{"brugervendtnoegle": "I-1", "starttidspunkt": "2024-12-31T23:00:00+00:00", "sluttidspunkt": "infinity", "virkning": virkning}]},
                  "tilstande": {"indsatsfremdrift": [{"fremdrift": "Leveret", "virkning": virkning}]},
                  "relationer": {"indsatsmodtager": [{"urn": f"urn:oio:cpr-nr:{town.ANNA}", "virkning": virkning}], "indsatstype": [{"urn": "urn:aarhus:indsatstype:sel-110", "virkning": virkning}],
                                 "indsatsaktoer": [{"urn": "urn:oio:medarbejder:az1", "objekttype": "Bruger", "virkning": virkning},
                                                   {"uuid": "6A5B", "objekttype": "OrganisationEnhed", "virkning": virkning}]}}
        newest.update(changed)
        return {"id": "ABC", "registreringer": [{"livscykluskode": "Slettet", "fratidspunkt": {"tidsstempeldatotid": "2020-01-01T00:00:00+00:00"}}, newest]}

    def rows(self, thing, name="indsats"):
        return oio.rows_of(name, thing, NOW, {})

    def test_an_effort_with_class_unit_and_days(self):
        one, = self.rows(self.effort())
        self.assertEqual((one.native, one.record, one.type_codes, one.units, one.opened, one.state),
                         ("abc", "planned_intervention", ("urn:aarhus:indsatstype:sel-110",), ("6a5b",), DAY(2025, 1, 1), RUNNING))

    def test_an_effort_ends_with_its_last_second_and_what_is_made_passive_is_void(self):
        ended = self.effort(attributter={"indsatsegenskaber": [{"sluttidspunkt": "2026-11-23T22:59:59+00:00"}]})
        self.assertEqual(self.rows(ended)[0].state, OVER)
        self.assertEqual(self.rows(self.effort(livscykluskode="Passiveret"))[0].state, VOID)
        self.assertEqual(self.rows(self.effort(livscykluskode="Slettet")), [])

    def test_a_former_party_is_none(self):
        over = {"from": "2020-01-01 00:00:00+00", "to": "2025-01-01 00:00:00+00"}
        thing = self.effort()
        parties = thing["registreringer"][1]["relationer"]["indsatsmodtager"]
        parties.insert(0, {"urn": f"urn:oio:cpr-nr:{town.BO}", "virkning": over})
        self.assertEqual([one.citizen for one in self.rows(thing)], [town.ANNA])
        del parties[1]
        self.assertEqual([one.citizen for one in self.rows(thing)], [town.BO], "nobody came after")

    def test_what_is_no_object_cannot_be_read(self):
        self.assertIsNone(self.rows({"id": "x", "registreringer": "nej"}))
        self.assertIsNone(self.rows(self.effort(relationer={})))


class Register(unittest.TestCase):
    def person(self, inner, is_open=False):
        text = f'<s><PersonLookupResponse xmlns="{persons.P[1:-1]}">{inner}</PersonLookupResponse></s>'
        return persons.person_of(town.ANNA, ET.fromstring(text), town.TODAY, is_open)

    def data(self, inner, family=""):
        return f"<persondata><personnummer>{town.ANNA}</personnummer>{inner}</persondata><relationer>{family}</relationer>"

    def test_who_somebody_is_and_who_is_family(self):
        family = (f"<aegtefaelle><personnummer>{town.BO}</personnummer></aegtefaelle><barn><personnummer>{town.BARN}</personnummer></barn>"
                  f"<barn><personnummer>0309209979</personnummer></barn><far/>")
        inner = (f"<gaeldendePersonnummer>{town.ANNA}</gaeldendePersonnummer><foedselsdato><dato>2004-05-14</dato></foedselsdato><status><status>1</status></status>"
                 "<civilstand><civilstand>{}</civilstand></civilstand><adressebeskyttelse><beskyttet>false</beskyttet></adressebeskyttelse>")
        one = self.person(self.data(inner.format("G"), family))
        self.assertEqual((one.born, one.children, one.spouse, one.is_protected, one.gone), (DAY(2004, 5, 14), (town.BARN, "0309209979"), town.BO, False, None))
        self.assertIsNone(self.person(self.data(inner.format("F"), family)).spouse, "the former one")

    def test_protection_that_nobody_denies_is_protection(self):
        flag = lambda inner: self.person(self.data(f"<adressebeskyttelse>{inner}</adressebeskyttelse>")).is_protected
        self.assertTrue(self.person(self.data("")).is_protected)
        self.assertFalse(self.person(self.data(""), is_open=True).is_protected)
        self.assertTrue(flag("<beskyttet>true</beskyttet>") and flag("<startdato>2024-03-01</startdato>") and flag(""))
        self.assertFalse(flag("<startdato>2024-03-01</startdato><slutdato>2026-11-24</slutdato>") or flag("<startdato>2026-11-25</startdato>"))

    def test_another_person_and_an_empty_answer_are_nobody(self):
        self.assertIsNone(self.person(f"<persondata><personnummer>{town.BO}</personnummer></persondata>"))
        self.assertIsNone(self.person(""))


class Tokens(unittest.TestCase):
    def test_a_token_of_our_own_lives_long(self):
        import base64
        body = fasit.token_until(NOW).split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        self.assertGreater(told["exp"], NOW.timestamp())
