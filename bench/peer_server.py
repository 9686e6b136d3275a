"""An in-memory CalDAV server, just large enough for the peer's client to do its full work.

It holds one calendar as {href: (etag, body)}. It answers the requests that RFC 4791 names for listing (calendar-query),
reading (calendar-multiget) and the plain PUT/DELETE with preconditions of RFC 4918. It runs in a process of its own, so
that its CPU is never counted with the client's.

`python -m bench.peer_server` prints its port and serves until its standard input closes.
"""

import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import unquote
from xml.sax.saxutils import escape

_HREF = re.compile(rb"<(?:\w+:)?href[^>]*>([^<]+)</(?:\w+:)?href>")
_MULTISTATUS = (
    '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">{}</d:multistatus>'
)
_COLLECTION = (
    "<d:response><d:href>{}</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
    "<d:displayname>peer</d:displayname></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
)
_ITEM = (
    "<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:resourcetype/><d:getcontenttype>text/calendar</d:getcontenttype>"
    "<d:getetag>{etag}</d:getetag>{data}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
)
COLLECTION = "/cal/"


class Calendar:
    """The one collection; each write gets a new etag."""

    def __init__(self) -> None:
        self.items: dict[str, tuple[str, str]] = {}
        self._numbers = count(1)

    def put(self, href: str, body: str) -> str:
        etag = f'"{next(self._numbers)}"'
        self.items[href] = (etag, body)
        return etag


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    calendar = Calendar()

    def do_OPTIONS(self) -> None:
        self._answer(200, "", {"DAV": "1, 3, calendar-access", "Allow": "OPTIONS, PROPFIND, REPORT, GET, PUT, DELETE"})

    def do_PROPFIND(self) -> None:
        """The collection itself, and with `Depth: 1` its items: the peer lists by this."""
        self._body()
        items = self.calendar.items if self.headers.get("Depth") == "1" else {}
        listed = "".join(self._item(href, with_data=False) for href in items)
        self._answer(207, _MULTISTATUS.format(_COLLECTION.format(escape(self.path)) + listed))

    def do_REPORT(self) -> None:
        body = self._body()
        wanted = (
            [unquote(href.decode()) for href in _HREF.findall(body)]
            if b"multiget" in body
            else list(self.calendar.items)
        )
        with_data = b"multiget" in body
        self._answer(207, _MULTISTATUS.format("".join(self._item(href, with_data=with_data) for href in wanted)))

    def do_GET(self) -> None:
        held = self.calendar.items.get(unquote(self.path))
        self._answer(200, held[1], {"ETag": held[0]}) if held else self._answer(404, "")

    def do_PUT(self) -> None:
        href, body = unquote(self.path), self._body().decode()
        held = self.calendar.items.get(href)
        if not self._precondition_holds(held):
            self._answer(412, "")
            return
        etag = self.calendar.put(href, body)
        self._answer(204 if held else 201, "", {"ETag": etag})

    def do_DELETE(self) -> None:
        href = unquote(self.path)
        if href == COLLECTION:
            self.calendar.items.clear()
            self._answer(204, "")
            return
        held = self.calendar.items.get(href)
        if held is None or not self._precondition_holds(held):
            self._answer(404 if held is None else 412, "")
            return
        del self.calendar.items[href]
        self._answer(204, "")

    def _precondition_holds(self, held: tuple[str, str] | None) -> bool:
        if self.headers.get("If-None-Match") == "*" and held is not None:
            return False
        wanted = self.headers.get("If-Match")
        return wanted is None or (held is not None and wanted in {held[0], "*"})

    def _item(self, href: str, *, with_data: bool) -> str:
        held = self.calendar.items.get(href)
        if held is None:
            return (
                f"<d:response><d:href>{escape(href)}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
            )
        data = f"<c:calendar-data>{escape(held[1])}</c:calendar-data>" if with_data else ""
        return _ITEM.format(href=escape(href), etag=escape(held[0]), data=data)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8" if status == 207 else "text/calendar; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Silence: a line per request would cost more than the request."""


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
