"""Rooms: what their attendants do with invitations, and what direct writes do (FACTS 3.14, 9). These cause mails."""

from __future__ import annotations

from datetime import date

from sim365.contract.errors import UntriedError
from sim365.contract.findings import Finding, Need, check
from sim365.contract.ground import Ground, Made, invited, response_of, times

ROOM = (Need.ROOM,)


@check(
    "The answer to a create does not say whether the room will accept; the room accepts a free time.",
    section="3.3",
    keys=("create-before-room",),
    requests=5,
    creates=1,
    mails=3,
    needs=ROOM,
)
def rooms_accept_free_times(ground: Ground) -> Finding:
    meeting = _booked(ground, "Free")
    at_once, later = response_of(meeting.json), response_of(ground.answered(meeting))
    return Finding((at_once, later) == ("none", "accepted"), f"at once {at_once}, later {later}")


@check(
    "The room's copy is called by the organiser's name, and its body is empty.",
    section="9",
    keys=("attendant-rewrites",),
    requests=6,
    creates=1,
    mails=3,
    needs=ROOM,
)
def rooms_rewrite_titles(ground: Ground) -> Finding:
    body = {"contentType": "text", "content": "Bring the charts"}
    meeting = _booked(ground, "Rewritten", body=body)
    ground.answered(meeting)
    ground.wait(30)
    copy = ground.copy_in(ground.room, meeting).json
    name = str(meeting.json["organizer"]["emailAddress"]["name"])
    if copy.get("subject") == meeting.json["subject"]:
        message = "this room keeps titles (DeleteSubject and AddOrganizerToSubject are off); set them to see it"
        raise UntriedError(message)
    told = (str(copy["subject"]).strip(), copy["bodyPreview"])
    return Finding(
        told == (name, ""), f"the title is {'the organiser' if told[0] == name else 'another'}, the body {told[1]!r}"
    )


@check(
    "A room that is taken declines, and keeps no copy.",
    section="9",
    keys=("attendant-conflict",),
    requests=9,
    creates=2,
    mails=6,
    needs=ROOM,
)
def rooms_decline_taken_times(ground: Ground) -> Finding:
    day = ground.room_day()
    ground.answered(_booked(ground, "First", day=day))
    second = _booked(ground, "Second", day=day)
    told = response_of(ground.answered(second))
    copies = ground.find(ground.room, f"iCalUId eq '{second.json['iCalUId']}'")
    return Finding(told == "declined" and copies.status == 200 and not copies.items, f"the second booking was {told}")


@check(
    "Direct writes into a room's calendar are not judged: two events at the same time are taken.",
    section="3.14",
    keys=("attendant-ignores-direct-writes",),
    requests=2,
    creates=2,
    needs=ROOM,
)
def direct_writes_double_book(ground: Ground) -> Finding:
    day = ground.room_day()
    first = ground.try_make(ground.room, "Direct", times(day))
    second = ground.try_make(ground.room, "Direct as well", times(day))
    return Finding((first.status, second.status) == (201, 201), f"answered {first}, then {second}")


@check(
    "Direct writes into a room's calendar keep their titles.",
    section="3.14",
    keys=("attendant-ignores-direct-writes",),
    requests=2,
    creates=1,
    needs=ROOM,
)
def direct_writes_keep_titles(ground: Ground) -> Finding:
    event = ground.make(ground.room, "Kept title", times(ground.room_day()))
    ground.wait(60)
    shown = ground.read(event).body
    told = (shown["subject"] == event.json["subject"], shown["isOrganizer"])
    return Finding(told == (True, True), f"a minute later: the same title {told[0]}, the room organises {told[1]}")


@check(
    "When the room declines, the organiser's event shows it and the room's copy is gone.",
    section="3.14",
    keys=("room-changes-mind",),
    requests=9,
    creates=1,
    mails=4,
    needs=ROOM,
)
def rooms_can_decline_later(ground: Ground) -> Finding:
    meeting = _booked(ground, "Declined later")
    ground.answered(meeting)
    copy = ground.copy_in(ground.room, meeting)
    reply = ground.act(copy, "decline", {"sendResponse": True})
    ground.wait(60)
    told, after = response_of(ground.read(meeting).body), ground.read(copy)
    return Finding((reply.status, told, after.status) == (202, "declined", 404), f"answered {reply}, shown as {told}")


@check(
    "When the room's copy is deleted, the organiser's event goes on saying accepted.",
    section="3.14",
    keys=("ghost-booking",),
    requests=8,
    creates=1,
    mails=3,
    needs=ROOM,
)
def deleted_copies_stay_accepted(ground: Ground) -> Finding:
    meeting = _booked(ground, "Ghost")
    ground.answered(meeting)
    deleted = ground.drop(ground.copy_in(ground.room, meeting))
    ground.wait(60)
    told = response_of(ground.read(meeting).body)
    return Finding(deleted.status == 204 and told == "accepted", f"a minute later the event shows {told}")


@check(
    "A place's name alone books nothing.",
    section="3.14",
    keys=("meeting-location-books-nothing",),
    requests=3,
    creates=1,
    needs=ROOM,
)
def names_do_not_book(ground: Ground) -> Finding:
    day = ground.room_day()
    place = {"location": {"displayName": ground.room, "locationEmailAddress": ground.room}}
    event = ground.make(ground.host, "Only a name", {**times(day), **place})
    ground.wait(60)
    copies = ground.find(ground.room, f"iCalUId eq '{event.json['iCalUId']}'")
    return Finding(
        copies.status == 200 and "value" in copies.body and not copies.items,
        f"a minute later: {len(copies.items)} copies",
    )


def _booked(ground: Ground, words: str, *, day: date | None = None, **fields: object) -> Made:
    place = {"location": {"displayName": ground.room, "locationEmailAddress": ground.room}}
    guests = invited(ground.room, kind="resource")
    return ground.make(ground.host, words, {**times(day or ground.room_day()), **guests, **place, **fields})
