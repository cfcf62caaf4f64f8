"""One system's address: connections that stay open, one for each thread; an answer that does not come is asked for anew a few times."""

import concurrent.futures
import http.client
import json
import threading
import time
import urllib.parse

TRIES = 4
SECONDS = 60


class Refused(Exception):
    """The system said no: its status and the path, never what it wrote."""


class Place:
    def __init__(self, base_url):
        parts = urllib.parse.urlsplit(base_url)
        self.host, self.prefix = parts.netloc, parts.path.rstrip("/")
        self.mine = threading.local()

    def ask(self, method, path, body=None, headers=None):
        """Status, headers and body."""
        for again in range(TRIES):
            try:
                if getattr(self.mine, "connection", None) is None:
                    self.mine.connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
                self.mine.connection.request(method, self.prefix + path, body, headers or {})
                answer = self.mine.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException):
                self.mine.connection.close()
                self.mine.connection = None
                if again == TRIES - 1:
                    raise
                time.sleep(0.2 * 2**again)

    def json(self, method, path, body=None, headers=None):
        sent = None if body is None else json.dumps(body).encode()
        told = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})}
        status, _, answer = self.ask(method, path, sent, told)
        if status != 200:
            raise Refused(f"{status} from {method} {path.split('?')[0]}")
        return json.loads(answer)


def side_by_side(work, things, hands=8):
    """`work` of each thing, in their order."""
    with concurrent.futures.ThreadPoolExecutor(hands) as pool:
        return list(pool.map(work, things))
