"""The door that makes a system incomplete: each fault does what it says, and what is no listing passes untouched."""

import http.client
import http.server
import json
import socket
import threading
import time
import unittest

from groups import proxy, surgery

ROWS = [{"Id": one} for one in range(1, 11)]
SNAPSHOTS = ('<s:Body xmlns:s="e"><i:Out xmlns:i="i"><i:Antal><i:Element>sager</i:Element><i:Antal>4</i:Antal></i:Antal>'
             + "".join(f"<i:SagFiltreretOejebliksbillede><a>{one}</a><b:Registrering>x</b:Registrering></i:SagFiltreretOejebliksbillede>" for one in range(4))
             + "</i:Out></s:Body>").encode()


class Sbsys(http.server.BaseHTTPRequestHandler):
    """Ten cases, by Skip and Limit; anything else is an object."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        rows = ROWS[asked.get("Skip", 0):][:asked.get("Limit", 4)]
        told = {"TotalNumberOfResults": len(ROWS), "Results": rows} if self.path.startswith("/api/sag/search") else {"all": "well"}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Doors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sbsys)
        cls.server.daemon_threads = True
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.base = f"http://127.0.0.1:{cls.server.server_address[1]}"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def ask(self, address, path="/api/sag/search", timeout=5, **question):
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=timeout)
        connection.request("POST", path, json.dumps(question))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def pages(self, fault, page=2):
        door = proxy.Door("sbsys", self.base, fault, page)
        with proxy.opened(door) as address:
            told = [self.ask(address, Skip=at, Limit=4) for at in (0, 4, 8)]
            self.assertEqual(self.ask(address, "/api/sag/1"), (200, {"all": "well"}), "no listing")
        self.assertGreater(door.struck, 0)
        return [(status, len(body.get("Results", [])), body.get("TotalNumberOfResults")) for status, body in told]

    def test_a_page_that_fails_and_a_place_that_is_refused(self):
        self.assertEqual(self.pages("500-on-page"), [(200, 4, 10), (500, 0, None), (500, 0, None)])
        self.assertEqual(self.pages("token-refused"), [(200, 4, 10), (400, 0, None), (400, 0, None)])

    def test_a_page_that_is_empty_and_one_with_a_row_that_cannot_be_read(self):
        self.assertEqual(self.pages("empty-page"), [(200, 4, 10), (200, 0, 10), (200, 0, 10)])
        self.assertEqual(self.pages("unreadable-row"), [(200, 4, 10), (200, 4, 10), (200, 2, 10)])

    def test_a_listing_that_ends_early_says_that_this_is_all(self):
        self.assertEqual(self.pages("ends-early"), [(200, 4, 5), (200, 1, 5), (200, 0, 5)])
        self.assertEqual(self.pages("next-missing"), [(200, 2, 5), (200, 2, 5), (200, 1, 5)])

    def test_a_body_that_is_cut(self):
        with proxy.opened(proxy.Door("sbsys", self.base, "cut-body")) as address:
            self.assertEqual(self.ask(address, Skip=0)[0], 200)
            with self.assertRaises((http.client.IncompleteRead, json.JSONDecodeError)):
                self.ask(address, Skip=4)
            self.assertEqual(self.ask(address, "/api/sag/1")[0], 200)

    def test_nobody_there_and_nobody_who_answers(self):
        with proxy.opened(proxy.Door("sbsys", self.base, "refused")) as address, self.assertRaises((OSError, http.client.HTTPException)):
            self.ask(address)
        begun = time.monotonic()
        with proxy.opened(proxy.Door("sbsys", self.base, "hanging")) as address, self.assertRaises((socket.timeout, OSError)):
            self.ask(address, timeout=0.3)
        self.assertLess(time.monotonic() - begun, 5, "the door closes")

    def test_an_unknown_fault_is_refused(self):
        with self.assertRaises(SystemExit):
            proxy.Door("sbsys", self.base, "tired")


class Surgery(unittest.TestCase):
    def test_only_questions_about_everybody_are_a_listing(self):
        is_listing = surgery.is_listing
        self.assertTrue(is_listing("sbsys", "POST", "/api/sag/search?x", b'{"Limit":5}'))
        self.assertFalse(is_listing("sbsys", "POST", "/api/sag/search", b'{"PrimaerPerson":{"CprNummer":"x"}}'))
        self.assertTrue(is_listing("fasit", "POST", "/api/search", b"{}"))
        self.assertTrue(is_listing("fasit", "POST", "/api/search", b'{"body":{"columns":[{"name":"CitizenCprFormatted"}]}}'))
        self.assertFalse(is_listing("fasit", "POST", "/api/search", b'{"body":{"query":{"rules":[{"field":"CitizenCprFormatted","operator":"eq","value":"x"}]}}}'))
        self.assertFalse(is_listing("fasit", "POST", "/api/search/queries/rankedsearchquery", b"{}"))
        self.assertTrue(is_listing("dubu", "GET", "/odata/Sag?$top=1", b""))
        self.assertFalse(is_listing("dubu", "GET", "/odata/Sag?$top=1&search=1405049979", b""))
        self.assertTrue(is_listing("case_index", "POST", "/x", b"<o:SoegStsFraTidspunkt>"))
        self.assertTrue(is_listing("oio", "GET", "/sag/sag?registreretFra=x&maximalantalresultater=5", b""))
        self.assertFalse(is_listing("oio", "GET", "/sag/sag?uuid=x", b"") or is_listing("oio", "GET", "/sag/sag?primaerpart=x&maximalantalresultater=5", b""))

    def test_rows_are_taken_out_of_xml_whatever_its_prefixes(self):
        left = surgery.with_rows("case_index", SNAPSHOTS, lambda rows: rows[:2], lambda total: total // 2)
        self.assertEqual((left.count(b"<i:SagFiltreret"), b"<i:Antal>2<" in left), (2, True))
        self.assertEqual(surgery.with_rows("case_index", SNAPSHOTS, lambda rows: []).count(b"SagFiltreret"), 0)
        without = surgery.without_reading("case_index", [match[0] for match in surgery.SNAPSHOT.finditer(SNAPSHOTS)])
        self.assertEqual((len(without), without[0].count(b"Registrering"), without[1].count(b"Registrering")), (4, 0, 2))

    def test_the_other_systems_answers_are_taken_apart(self):
        fasit = json.dumps({"searchResult": {"rows": [1, 2, 3], "totalResultsCount": 600, "resultsPagesCount": 3}}).encode()
        told = json.loads(surgery.pages_of("fasit", surgery.with_rows("fasit", fasit, lambda rows: rows[:1], lambda total: total // 2), 250))
        self.assertEqual(told["searchResult"], {"rows": [1], "totalResultsCount": 300, "resultsPagesCount": 2})
        self.assertEqual(json.loads(surgery.with_rows("oio", b'{"results": [["a", "b"]]}', lambda rows: rows[:1])), {"results": [["a"]]})
        self.assertEqual(json.loads(surgery.with_rows("dubu", b'{"@odata.count": 4, "value": [1, 2]}', lambda rows: [], lambda total: 2)), {"@odata.count": 2, "value": []})
        self.assertEqual(surgery.with_rows("sbsys", b'{"error": 1}', lambda rows: []), b'{"error": 1}')

    def test_the_first_row_of_a_page(self):
        first = surgery.first_row
        self.assertEqual(first("sbsys", "", b'{"PageNumber":3,"PageSize":100}'), 200)
        self.assertEqual(first("sbsys", "", b'{"Skip":7,"Limit":9}'), 7)
        self.assertEqual(first("fasit", "", b'{"pageNumber":2,"pageSize":250}'), 500)
        self.assertEqual(first("dubu", "/odata/Sag?$top=5&$skip=40", b""), 40)
        self.assertEqual(first("oio", "/sag/sag?foersteresultat=6", b""), 6)
        self.assertEqual(first("case_index", "", b"<d:FoersteResultatReference>9</d:FoersteResultatReference>"), 9)
