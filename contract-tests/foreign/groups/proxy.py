"""A door between the product and one system that makes what passes incomplete, in one way. Says how often it struck: a fault that never did proves nothing."""

import asyncio
import contextlib
import json
import threading
import urllib.parse

from . import surgery

LIMIT = 64 * 1024 * 1024
# Each kind of fault, and what the product meets.
FAULTS = {
    "refused": "every connection is closed at once",
    "hanging": "every question is taken and none is answered",
    "500-on-page": "the pages of the listing from the Nth on are a 500",
    "cut-body": "every second page of the listing ends in the middle of its body",
    "empty-page": "the pages from the Nth on are there, and empty",
    "token-refused": "every page but the first is a 400, as if nobody knew the place any more",
    "unreadable-row": "each page has a row that nobody can read",
    "ends-early": "the listing ends at half of it, and says that this is all",
    "next-missing": "a page is half of what it was, and the total is not told",
}


class Door:
    """One fault before one system. `page` counts the questions for a listing, from 1."""

    def __init__(self, kind, base_url, fault, page=37):
        if fault not in FAULTS:
            raise SystemExit(f"no fault {fault!r}: {', '.join(FAULTS)}")
        self.kind, self.fault, self.page = kind, fault, page
        self.to = urllib.parse.urlsplit(base_url)
        self.asked = self.struck = 0

    # --- what is done to an answer ---

    def early(self, method, path, body):
        """An answer of our own to a question for a listing, before the system is asked: `(status, body)`; none to go on."""
        if self.fault == "500-on-page" and self.asked >= self.page:
            self.struck += 1
            return 500, b'{"error":"made by the proxy"}'
        if self.fault == "token-refused" and self.kind != "persons" and (self.asked > 1 if self.kind == "case_index" else surgery.first_row(self.kind, path, body)):
            self.struck += 1
            return 400, b'{"message":"made by the proxy"}'
        return None

    def changed(self, path, body, answer, nth):
        """The answer to the nth question for a listing, made incomplete; and how many of its bytes are sent."""
        whole, cut = answer, None
        if self.fault == "cut-body" and nth % 2 == 0:
            cut = len(answer) // 2
        elif self.kind == "persons":
            return answer, None
        elif self.fault == "empty-page" and nth >= self.page:
            answer = surgery.with_rows(self.kind, answer, lambda rows: [])
        elif self.fault == "unreadable-row":
            answer = surgery.with_rows(self.kind, answer, lambda rows: surgery.without_reading(self.kind, rows))
        elif self.fault == "next-missing":
            answer = surgery.with_rows(self.kind, answer, lambda rows: rows[:-(-len(rows) // 2)], lambda total: (total + 1) // 2)
        elif self.fault == "ends-early":
            answer = self.half(path, body, answer)
        self.struck += cut is not None or answer != whole
        return answer, cut

    def half(self, path, body, answer):
        """Rows beyond half of all are not there, and never were."""
        at, kept = surgery.first_row(self.kind, path, body) or 0, {}

        def total(said):
            kept["all"] = (said + 1) // 2
            return kept["all"]

        surgery.with_rows(self.kind, answer, lambda rows: rows, total)
        limit = max(0, kept["all"] - at) if "all" in kept else None
        size = json.loads(body).get("pageSize", 250) if self.kind == "fasit" else 0
        answer = surgery.with_rows(self.kind, answer, lambda rows: rows[:limit] if limit is not None else rows[:-(-len(rows) // 2)], total)
        return surgery.pages_of(self.kind, answer, size)

    # --- the wire ---

    async def serve(self, reader, writer):
        # The door closes while questions wait: they are dropped.
        with contextlib.suppress(asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            if self.fault == "refused":
                self.struck += 1
                writer.transport.abort()
                return
            while head := await read_head(reader):
                start, headers = head
                body = await read_body(reader, headers)
                if self.fault == "hanging":
                    self.struck += 1
                    await asyncio.sleep(3600)
                method, path, _ = start.split(" ", 2)
                is_listing = surgery.is_listing(self.kind, method, path, body)
                self.asked += is_listing
                nth, cut = self.asked, None
                if own := is_listing and self.early(method, path, body):
                    (status, answer), kind = own, "application/json"
                else:
                    status, kind, answer = await self.pass_on(start, headers, body)
                    if is_listing and status == 200:
                        answer, cut = self.changed(path, body, answer, nth)
                writer.write(f"HTTP/1.1 {status} Proxy\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer[:cut])
                await writer.drain()
                if cut is not None:
                    break
        writer.close()

    async def pass_on(self, start, headers, body):
        reader, writer = await asyncio.open_connection(self.to.hostname, self.to.port, limit=LIMIT)
        kept = [f"{name}: {value}" for name, value in headers if name.lower() not in ("host", "connection", "accept-encoding", "content-length", "transfer-encoding")]
        kept += [f"Host: {self.to.netloc}", "Connection: close", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([start, *kept, "", ""]).encode() + body)
        await writer.drain()
        first, told = await read_head(reader)
        answer = await read_body(reader, told, is_answer=True)
        writer.close()
        kind = next((value for name, value in told if name.lower() == "content-type"), "application/octet-stream")
        return int(first.split(" ")[1]), kind, answer


async def read_head(reader):
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text.strip("\r\n").split("\r\n")
    return first, [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]


async def read_body(reader, headers, is_answer=False):
    told = {name.lower(): value for name, value in headers}
    if "chunked" in told.get("transfer-encoding", ""):
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readline()
        return b"".join(parts)
    if "content-length" in told:
        return await reader.readexactly(int(told["content-length"]))
    return await reader.read() if is_answer else b""


@contextlib.contextmanager
def opened(door):
    """The door, listening on a free port; its address."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    found = {}

    async def begin():
        server = await asyncio.start_server(door.serve, "127.0.0.1", 0, limit=LIMIT)
        found["server"], found["port"] = server, server.sockets[0].getsockname()[1]

    def run():
        asyncio.set_event_loop(loop)
        loop.run_until_complete(begin())
        ready.set()
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{found['port']}"
    finally:
        async def end():
            found["server"].close()
            others = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
