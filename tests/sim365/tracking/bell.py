"""A client's doorbell as a postman sees it: shakes hands, keeps every POST, and answers as slowly or badly as told."""

import threading
import urllib.parse
from datetime import timedelta

import msgspec

from sim365.http.routing import Reply
from tests.sim365.core.harbour import START

U = "/users/aquarium@harbour.test"
URL = "https://booking.test/bell"
LIFECYCLE = "https://watch.test/life"


class Bell:
    def __init__(self):
        self.posts, self.handshakes = [], []
        self.status, self.seconds = 202, 0.1
        self.echo = lambda token: Reply(200, token.encode(), "text/plain; charset=utf-8", 0.1)
        self.held_up = {}
        """Hosts that answer only once their event is set."""
        self.entered, self.rung = threading.Event(), threading.Event()

    def __call__(self, url, body, content_type):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))
        if "validationToken" in query:
            assert (body, content_type) == (b"", "text/plain; charset=utf-8")
            self.handshakes.append(url)
            return self.echo(query["validationToken"])
        self.entered.set()
        waiting = self.held_up.get(urllib.parse.urlsplit(url).netloc)
        if waiting is not None:
            assert waiting.wait(timeout=20)
        self.posts.append((url, msgspec.json.decode(body)["value"]))
        self.rung.set()
        is_lifecycle = url.startswith(LIFECYCLE)
        return Reply(202 if is_lifecycle else self.status, seconds=0.1 if is_lifecycle else self.seconds)

    @property
    def notices(self):
        """Every change told, in the order of arrival."""
        return [notice for url, value in self.posts for notice in value if "changeType" in notice]

    @property
    def lifecycle(self):
        return [notice["lifecycleEvent"] for _, value in self.posts for notice in value if "lifecycleEvent" in notice]


def asking(**more):
    return {
        "changeType": "created,updated,deleted",
        "notificationUrl": URL,
        "lifecycleNotificationUrl": LIFECYCLE,
        "resource": f"{U}/events",
        "expirationDateTime": (START + timedelta(days=3)).isoformat(),
        "clientState": "secret",
        **more,
    }
