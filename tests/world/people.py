"""Random people on both sides. They know nothing of links or plans: they book, move, rename and cancel.

Seven of ten deeds aim at a few hot hours and at what was touched last, because independent random deeds hardly ever meet.
What a person is told has succeeded goes into the history; what is refused does not.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Done
from holdfast.bookings.states import OVER
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.ports import clock
from holdfast.reconcile.snapshot import Sensitivity, ShowAs
from holdfast.timetable.when import When
from sim365.errors import GraphError, SimulatorError
from tests.world.checkers import immutable
from tests.world.history import GONE, ZONE, History, Side
from tests.world.scene import POOL, Customer, Scene

_HOT_HOURS = (9, 9, 10, 10, 11, 14)
_HOT_SHARE = 0.7
_EMPTIES = 0.01
_WORDS = ("Planning", "Board", "Interview", "Stand-up", "Réunion", "打ち合わせ", "Review", " padded ", "x" * 255)


class People:
    """Everybody who books, here and in Outlook."""

    def __init__(self, scene: Scene, history: History) -> None:
        self._scene, self._history, self._chance = scene, history, scene.chance
        self._touched: list[str] = []
        self.reminders: dict[str, int] = {}  # event: what its person set there, which is none of our business (I17)

    def act_here(self) -> None:
        """One person does one thing in Holdfast."""
        customer = self._chance.choice(self._scene.customers)
        live = self._bookings(customer)
        deed = self._chance.choice(("make", "make", "move", "rename", "mark", "cancel")) if live else "make"
        if deed == "make":
            self._make_here(customer)
        else:
            self._change_here(customer, self._pick(live), deed)

    def act_in_outlook(self) -> None:
        """One person does one thing in a room's calendar."""
        customer = self._chance.choice(self._scene.customers)
        address = self._chance.choice(sorted(customer.rooms.values()))
        hand = self._scene.simulator.person(address)
        events = [event for event in hand.events() if event["type"] == "singleInstance"]
        if events and self._chance.random() < _EMPTIES:
            self._empty(hand, events)
            return
        deed = self._chance.choice(("make", "make", "move", "rename", "mark", "touch", "delete")) if events else "make"
        if deed == "make":
            self._make_in_outlook(hand)
        else:
            self._change_in_outlook(hand, self._chance.choice(events[-4:] + events), deed)

    def _make_here(self, customer: Customer) -> None:
        room = self._chance.choice([*sorted(customer.rooms), POOL])
        more: dict[str, Any] = {"title": self._title(), "show_as": self._show_as()}
        if self._chance.random() < 0.1:
            more["sensitivity"] = Sensitivity.PRIVATE
        (outcome,) = apply(customer.cast.ben, [customer.cast.make(room, self._when(), **more)])
        if isinstance(outcome, Done):
            self._tell(
                Side.HERE,
                str(outcome.booking.id),
                when=_span(outcome.booking.when),
                title=outcome.booking.title.strip(),
            )

    def _change_here(self, customer: Customer, booking: Booking, deed: str) -> None:
        ada = customer.cast.ada
        if deed == "cancel":
            (outcome,) = apply(ada, [Cancel(booking_id=booking.id)])
            values: dict[str, Any] = {GONE: True}
        else:
            changes = {
                "move": {"when": self._when()},
                "rename": {"title": self._title()},
                "mark": {"show_as": self._show_as()},
            }[deed]
            (outcome,) = apply(ada, [Edit(booking_id=booking.id, changes=changes)])
            values = {
                name: _span(value) if isinstance(value, When) else str(value).strip() for name, value in changes.items()
            }
        if isinstance(outcome, Done) and (outcome.before is None or outcome.before.version != outcome.booking.version):
            self._tell(Side.HERE, str(booking.id), **values)  # saying again what the page says already is no deed

    def _empty(self, hand: Any, events: list[dict[str, Any]]) -> None:
        """Somebody selects all and presses delete (F24)."""
        for event in events:
            hand.delete_event(event)
            self._tell(Side.OUTLOOK, immutable(event["id"]), **{GONE: True})

    def _make_in_outlook(self, hand: Any) -> None:
        start, end, all_day = self._outlook_span()
        title = self._title()
        try:
            event = hand.create_event(title, start, end, time_zone=ZONE, isAllDay=all_day, showAs=str(self._show_as()))
        except GraphError:
            return  # both ends lie in the hour that the clocks skip
        self._tell(Side.OUTLOOK, immutable(event["id"]), title=title.strip())

    def _change_in_outlook(self, hand: Any, event: dict[str, Any], deed: str) -> None:
        try:
            values = self._do_in_outlook(hand, event, deed)
        except (SimulatorError, GraphError):
            return  # gone in the meantime, or in an hour that the clocks skip: the person is told so
        self._tell(Side.OUTLOOK, immutable(event["id"]), **values)

    def _do_in_outlook(self, hand: Any, event: dict[str, Any], deed: str) -> dict[str, Any]:
        if deed == "delete":
            hand.delete_event(event)
            return {GONE: True}
        if deed == "rename":
            title = self._title()
            hand.edit_event(event, subject=title)
            return {"title": title.strip()}
        if deed == "mark":
            show_as = str(self._show_as())
            hand.edit_event(event, showAs=show_as)
            return {} if show_as == event["showAs"] else {"show_as": show_as}  # no change is no deed
        if deed == "touch":
            minutes = self._chance.choice((0, 5, 30, 60))
            hand.edit_event(event, reminderMinutesBeforeStart=minutes, importance="high")
            self.reminders[immutable(event["id"])] = minutes
            return {}
        if event["isAllDay"]:
            return {}
        start, _, _ = self._outlook_span(all_day=False)
        end = start + timedelta(minutes=self._chance.choice((30, 60, 90)))
        stood, told = tuple(event[side]["dateTime"][:19] for side in ("start", "end")), _utc(start, end)
        hand.move_event(event, start, end, time_zone=ZONE)
        return {} if told == stood else {"when": told}  # no change is no deed

    def _bookings(self, customer: Customer) -> list[Booking]:
        with in_workspace(customer.cast.workspace_id):
            live = Booking.objects.exclude(state__in=[state.value for state in OVER])
            return list(live.order_by("created_at", "id"))

    def _pick(self, live: list[Booking]) -> Booking:
        hot = [booking for booking in live if str(booking.id) in self._touched[-5:]]
        return self._chance.choice(hot if hot and self._chance.random() < _HOT_SHARE else live)

    def _tell(self, side: Side, subject: str, **values: Any) -> None:
        self._touched.append(subject)
        self._history.add(side, subject, **values)

    def _title(self) -> str:
        return f"{self._chance.choice(_WORDS)[:240]} {self._chance.randint(1, 999)}"

    def _show_as(self) -> ShowAs:
        return self._chance.choice((ShowAs.BUSY, ShowAs.BUSY, ShowAs.BUSY, ShowAs.TENTATIVE, ShowAs.FREE, ShowAs.AWAY))

    def _when(self) -> When:
        start, end, all_day = self._outlook_span()
        return When(start.replace(tzinfo=None), end.replace(tzinfo=None), ZONE, all_day=all_day)

    def _outlook_span(self, *, all_day: bool | None = None) -> tuple[datetime, datetime, bool]:
        """A wall time of the zone in which everybody here lives."""
        days = self._chance.choice((1, 1, 1, 2, 3, 27, 28))
        day = (clock.now() + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        if all_day or (all_day is None and self._chance.random() < 0.08):
            return day, day + timedelta(days=self._chance.choice((1, 1, 2))), True
        hour = self._chance.choice(_HOT_HOURS) if self._chance.random() < _HOT_SHARE else self._chance.randint(0, 22)
        start = day + timedelta(hours=hour, minutes=self._chance.choice((0, 0, 30)))
        return start, start + timedelta(minutes=self._chance.choice((30, 60, 60, 120))), False


def _span(when: When) -> tuple[str, str]:
    """The span as the checkers tell it: UTC, or the dates of an all-day booking."""
    return (when.start.isoformat(), when.end.isoformat()) if when.all_day else _utc(when.start, when.end)


def _utc(*walls: datetime) -> tuple[str, ...]:
    zone = ZoneInfo(ZONE)
    return tuple(wall.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None).isoformat() for wall in walls)
