"""What every room of the museum needs: both sides read, time passed, rest shown, and answers that are bent on the way."""

import json

import httpx

from holdfast.bookings.models import Booking
from holdfast.database.transactions import in_workspace
from holdfast.mirror import sweep
from holdfast.mirror.engine import Engine
from holdfast.mirror.verify import verify
from tests.mirror.harbour import Watched


def bookings(cast, **conditions):
    """What stands here, by start."""
    with in_workspace(cast.workspace_id):
        return list(Booking.objects.filter(**conditions).order_by("starts_at", "title"))


def standing(cast, **conditions):
    """What was not cancelled."""
    return [booking for booking in bookings(cast, **conditions) if booking.state == "confirmed"]


def shown(harbour, since, until, room="Aquarium"):
    """What Outlook's calendar shows, occurrences too: subject, start and end in UTC as text."""
    found = harbour.room(room).events(since, until)
    return sorted((each["subject"], each["start"]["dateTime"][:16], each["end"]["dateTime"][:16]) for each in found)


def told(cast, **conditions):
    """The bookings that stand, in the words of `shown`."""
    return sorted(
        (each.title, f"{each.starts_at:%Y-%m-%dT%H:%M}", f"{each.ends_at:%Y-%m-%dT%H:%M}")
        for each in standing(cast, **conditions)
    )


def settle(harbour, *, rounds=8, room="Aquarium", **by):
    """Time passes and the sweep finds what wants attention; then once more in fair weather, after the longest back-off."""
    for _ in range(rounds):
        harbour.pass_time(**(by or {"minutes": 1}))
        sweep.run_once()
        harbour.work()
    harbour.simulator.weather.clear()
    harbour.pass_time(minutes=11)
    sweep.run_once()
    harbour.work()
    harbour.sync(room)


def assert_at_rest(harbour, cast, *, room="Aquarium", mails=0):
    """A further pass writes nothing on either side, both sides say the same, and nobody had a mail."""
    harbour.pass_time(seconds=40)
    harbour.sync(room)
    writes, before = harbour.writes(), [(each.id, each.version) for each in bookings(cast)]
    harbour.pass_time(seconds=40)
    harbour.sync(room)
    assert harbour.writes() == writes
    assert [(each.id, each.version) for each in bookings(cast)] == before
    found = verify(cast.ada, engine=harbour.engine)
    assert [(each.is_in_step, each.differences) for each in found] == [(True, [])] * len(found)
    assert len(harbour.simulator.ledger.mails) == mails


class Bent(Watched):
    """Microsoft's answers with something changed in each event, as an older or odder item would be shown."""

    def __init__(self, harbour, bend):
        super().__init__(harbour)
        self._bend = bend

    def handle_request(self, request):
        answer = super().handle_request(request)
        if not answer.headers.get("content-type", "").startswith("application/json"):
            return answer
        body = json.loads(answer.read())
        self._walk(body)
        headers = [(name, value) for name, value in answer.headers.items() if name.lower() != "content-length"]
        return httpx.Response(answer.status_code, headers=headers, content=json.dumps(body).encode(), request=request)

    def _walk(self, item):
        if isinstance(item, list):
            for each in item:
                self._walk(each)
        elif isinstance(item, dict):
            if "changeKey" in item or ("start" in item and "id" in item):
                self._bend(item)
            for each in list(item.values()):
                self._walk(each)


def titled(title, change):
    """Bends the events of this title only: ids differ between what a person and what a client is shown."""

    def bent(item):
        if item.get("subject") == title:
            change(item)

    return bent


def bend(harbour, change):
    """From now on a fresh worker sees every event through `change`; None shows them as they are."""
    harbour.engine = harbour.new_engine()
    if change is not None:
        transport = Bent(harbour, change)
        harbour.engine = Engine(transport_for=lambda _url: transport, public_url=harbour.public_url)
