"""Meetings between two people: copies, answers, cancellations (FACTS 3.3, 3.8). These cause mails."""

from __future__ import annotations

from datetime import date

from sim365.contract.errors import UntriedError
from sim365.contract.findings import Finding, Need, Shows, check
from sim365.contract.ground import Ground, Made, invited, response_of, times
from sim365.contract.marks import quoted, user

GUEST = (Need.GUEST,)


@check(
    "A guest's copy has the same iCalUId, an id of its own, and is not the organiser's.",
    section="3.8",
    keys=("copy-shares-uid",),
    requests=4,
    creates=1,
    mails=2,
    needs=GUEST,
)
def copies_share_the_uid(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Copies")
    copy = ground.copy_in(ground.guest, meeting)
    told = (copy.json["iCalUId"] == meeting.json["iCalUId"], copy.id != meeting.id, copy.json["isOrganizer"])
    return Finding(told == (True, True, False), f"the same uid {told[0]}, another id {told[1]}, isOrganizer {told[2]}")


@check(
    "The id of one mailbox's copy is not found in another mailbox.",
    section="3.8",
    keys=("copy-own-id",),
    requests=4,
    creates=1,
    mails=2,
    needs=GUEST,
)
def ids_belong_to_a_mailbox(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Ids")
    ground.copy_in(ground.guest, meeting)
    reply = ground.get(f"{user(ground.guest)}/events/{quoted(meeting.id)}")
    return Finding(reply.status == 404 and bool(reply.code), f"answered {reply}")


@check(
    "accept is answered 202, and the organiser's event shows it.",
    section="3.3",
    keys=("answers-arrive",),
    requests=6,
    creates=1,
    mails=3,
    needs=GUEST,
)
def acceptance_is_shown(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Accepted")
    reply = ground.act(ground.copy_in(ground.guest, meeting), "accept", {"sendResponse": True})
    told = response_of(ground.answered(meeting))
    return Finding(reply.status == 202 and told == "accepted", f"answered {reply}, the organiser's event shows {told}")


@check(
    "decline takes the event out of the guest's calendar, and the organiser's event shows it.",
    section="3.3",
    keys=("declined-vanishes",),
    requests=7,
    creates=1,
    mails=3,
    needs=GUEST,
)
def declined_events_vanish(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Declined")
    copy = ground.copy_in(ground.guest, meeting)
    reply = ground.act(copy, "decline", {"sendResponse": True})
    told, after = response_of(ground.answered(meeting)), ground.read(copy)
    holds = reply.status == 202 and told == "declined" and after.status == 404
    return Finding(holds, f"answered {reply}, reading the copy {after}, the organiser's event shows {told}")


@check(
    "An answer that is not sent stays unknown to the organiser.",
    section="3.3",
    keys=("unsent-answer-unknown",),
    requests=5,
    creates=1,
    mails=2,
    needs=GUEST,
)
def unsent_answers(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Unsent")
    reply = ground.act(ground.copy_in(ground.guest, meeting), "accept", {"sendResponse": False})
    ground.wait(60)
    told = response_of(ground.read(meeting).body)
    return Finding(reply.status == 202 and told in {"none", "notResponded"}, f"answered {reply}, a minute later {told}")


@check(
    "The organiser cannot accept: 400 ErrorInvalidRequest.",
    section="3.3",
    keys=("organiser-no-answer",),
    requests=2,
    creates=1,
    mails=2,
    needs=GUEST,
    switch="organizer_errors_by_name",
)
def organisers_do_not_answer(ground: Ground) -> Shows:
    reply = ground.act(_meeting(ground, "Own"), "accept", {"sendResponse": True})
    if reply.status != 400 or not reply.code:
        message = f"accepting one's own meeting was answered {reply}"
        raise UntriedError(message)
    return Shows(reply.code != "ErrorInvalidRequest", f"answered {reply}")


@check(
    "A meeting that an application makes is sent at once.",
    section="11",
    keys=("invitations-held-back",),
    requests=2,
    creates=1,
    mails=2,
    needs=GUEST,
    switch="invitations_held_back",
)
def meetings_are_sent(ground: Ground) -> Shows:
    shown = ground.read(_meeting(ground, "Sent")).body
    held_back = bool(shown["isDraft"])
    return Shows(held_back, f"the meeting {'stayed a draft' if held_back else 'is no draft'}")


@check(
    "A guest cannot cancel: 400.", section="3.3", keys=("guest-no-cancel",), requests=4, creates=1, mails=2, needs=GUEST
)
def guests_do_not_cancel(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Not the guest's")
    reply = ground.act(ground.copy_in(ground.guest, meeting), "cancel", {"comment": "no"})
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "cancel is answered 202; the guest keeps a cancelled copy that takes no time.",
    section="3.14",
    keys=("cancelled-copy-free",),
    requests=5,
    creates=1,
    mails=2,
    needs=GUEST,
)
def cancelled_meetings_stay_with_guests(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Cancelled")
    copy = ground.copy_in(ground.guest, meeting)
    reply = ground.act(meeting, "cancel", {"comment": "no more"})
    ground.wait(60)
    shown = ground.read(copy).body
    told = (reply.status, shown.get("isCancelled"), shown.get("showAs"))
    return Finding(told == (202, True, "free"), f"answered {reply}, the copy: cancelled {told[1]}, shown as {told[2]}")


@check(
    "Categories and extended properties are not carried to guests.",
    section="3.10",
    keys=("copy-without-marks",),
    requests=4,
    creates=1,
    mails=2,
    needs=GUEST,
)
def marks_are_not_carried(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Uncarried", categories=["sim365 own"])
    copy = ground.copy_in(ground.guest, meeting)
    told = copy.json["categories"]
    return Finding(meeting.json["categories"] == ["sim365 own"] and told == [], f"the guest's copy has {told}")


@check(
    "A new time sets the answers back.",
    section="3.3",
    keys=("moved-asks-anew",),
    requests=7,
    creates=1,
    mails=4,
    needs=GUEST,
)
def new_times_reset_answers(ground: Ground) -> Finding:
    day = ground.day()
    meeting = _meeting(ground, "Moved", day=day)
    ground.act(ground.copy_in(ground.guest, meeting), "accept", {"sendResponse": True})
    before = response_of(ground.answered(meeting))
    after = response_of(ground.change(meeting, times(day, "15:00", "16:00")).body)
    return Finding(before == "accepted" and after in {"none", "notResponded"}, f"{before}, after the change {after}")


@check(
    "A guest who is left out of attendees gets a cancellation.",
    section="3.3",
    keys=("left-out-cancelled",),
    requests=5,
    creates=1,
    mails=2,
    needs=GUEST,
)
def guests_left_out(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Left out")
    copy = ground.copy_in(ground.guest, meeting)
    changed = ground.change(meeting, {"attendees": []}).body
    ground.wait(60)
    shown = ground.read(copy)
    gone = shown.status == 404 or shown.body.get("isCancelled") is True
    return Finding(changed["attendees"] == [] and gone, f"a minute later the copy was answered {shown}")


@check(
    "A guest's deletion is not told to the organiser.",
    section="3.3",
    keys=("guest-deletes-silently",),
    requests=5,
    creates=1,
    mails=2,
    needs=GUEST,
)
def deletions_by_guests_are_silent(ground: Ground) -> Finding:
    meeting = _meeting(ground, "Deleted by the guest")
    deleted = ground.drop(ground.copy_in(ground.guest, meeting))
    ground.wait(60)
    told = response_of(ground.read(meeting).body)
    return Finding(deleted.status == 204 and told in {"none", "notResponded"}, f"a minute later the event shows {told}")


def _meeting(ground: Ground, words: str, *, day: date | None = None, **fields: object) -> Made:
    return ground.make(ground.host, words, {**times(day or ground.day()), **invited(ground.guest), **fields})
