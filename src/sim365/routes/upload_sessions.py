"""Upload sessions for files from 3 to 150 MB: opened with a token, filled range by range without one (FACTS 3.3).

The ranges go to a URL of the session's own, which lies outside of Graph's versions and carries its own secret. They
come in order, each with its Content-Range; with the last byte the file hangs on the event.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

import msgspec

from sim365 import ids
from sim365.calendars.attachments import NAME_MAX
from sim365.calendars.json_types import (
    Json,
    as_flag,
    as_member,
    as_number,
    as_object,
    as_optional_text,
    as_text,
    check_members,
)
from sim365.calendars.render import Shelf, Wishes
from sim365.calendars.series import exception_of, instance_of
from sim365.errors import GraphError, failed_validation, item_not_found
from sim365.http.requests import BODY_BYTES_MAX, Answer, Request
from sim365.http.routing import Call, Route, Routes
from sim365.meetings import Hand, change, change_occurrence
from sim365.routes.paths import BASES, WRITE, event_of, wishes_of
from sim365.state import Calendar, Event, Mailbox
from sim365.state.events import Attachment
from sim365.state.uploads import UploadSession
from sim365.state.world import World

HOST = ["api", "v2.0"]
"""How the path of a session's URL begins; at Microsoft it is one of Outlook's older API."""
FILE_BYTES_MIN, FILE_BYTES_MAX = 3_000_000, 150 * 1024 * 1024
LIVES = timedelta(hours=1)
SESSIONS_MAX = 64
"""How many files may be on their way at once; the oldest is given up first."""

_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_MEMBERS = {"attachmentType", "name", "size", "contentType", "isInline", "contentId"}


@dataclass(frozen=True, slots=True)
class _Target:
    mailbox: Mailbox
    calendar: Calendar
    event: Event
    day: date | None


def bind(routes: Routes) -> None:
    """`…/attachments/createUploadSession` under every alias."""
    for base in BASES:
        path = f"{base}/events/{{event}}/attachments"
        routes.add("POST", f"{path}/createUploadSession", Route("attachment upload", open_session, WRITE))


def open_session(call: Call) -> Answer:
    """A session for one file."""
    _, event, day = event_of(call)
    body = {name.lower(): value for name, value in call.request.json_object().items()}
    item = as_object(body.get("attachmentitem"), "AttachmentItem")
    check_members(item, _MEMBERS, "attachmentItem")
    as_member(item.get("attachmentType"), "attachmentType", ("file",))
    world = call.world
    _make_room(world)
    number = world.next_serial()
    session = UploadSession(
        number=number,
        secret=ids.guid("upload", world.seed, number),
        app_id=call.principal.app_id,
        mailbox=call.mailbox.oid,
        event=event.serial,
        day=0 if day is None else day.toordinal(),
        name=_name(item),
        size=_size(item),
        expires=world.now() + LIVES,
        content_type=as_optional_text(item.get("contentType"), "contentType"),
        is_inline=item.get("isInline") is not None and as_flag(item["isInline"], "isInline"),
        content_id=as_optional_text(item.get("contentId"), "contentId"),
        immutable=wishes_of(call).immutable,
    )
    world.uploads[number] = session
    context = f"{call.request.origin}/v1.0/$metadata#microsoft.graph.uploadSession"
    where = f"{_of_event(session, call.mailbox, call.params['event'])}/AttachmentSessions('{number}')"
    address = f"{call.request.origin}{where}?authtoken={session.secret}"
    return Answer(201, {"@odata.context": context, "uploadUrl": address, **_progress(session)})


def session_of(world: World, request: Request, segments: list[str]) -> UploadSession:
    """The session that a URL names; 401 without its secret, 404 where it is over or never was."""
    number = segments[-1] if segments[-2:-1] == ["AttachmentSessions"] else ""
    session = world.uploads.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if session is None:
        raise _gone()
    if dict(request.options()).get("authtoken") != session.secret:
        raise GraphError(401, "ErrorInvalidToken", "The URL of an upload session is used as it was given.")
    if session.expires <= world.now():
        del world.uploads[session.number]
        raise _gone()
    return session


def receive(world: World, session: UploadSession, request: Request) -> Answer:
    """One range, or the end of the session."""
    match request.method:
        case "PUT":
            return _range(world, session, request)
        case "DELETE":
            del world.uploads[session.number]
            return Answer(204)
        case _:
            text = "An upload session takes PUT and DELETE."
            raise GraphError(405, "UnsupportedMethod", text, headers={"Allow": "DELETE, PUT"})


def _range(world: World, session: UploadSession, request: Request) -> Answer:
    target = _target(world, session)
    if len(request.body) > BODY_BYTES_MAX:
        raise GraphError(413, "RequestEntityTooLarge", "A range is smaller than 4 MB.")
    match = _RANGE.fullmatch(request.headers.get("content-range", "").strip())
    if match is None:
        raise failed_validation("A range needs a header such as Content-Range: bytes 0-1999999/3500000.")
    first, last, size = (int(part) for part in match.groups())
    if size != session.size or last - first + 1 != len(request.body):
        raise failed_validation("The Content-Range does not fit the body, or the size that the session was opened for.")
    if first != session.received or last >= size:
        text = f"The range is not the one that is expected next, which begins at {session.received}."
        raise GraphError(416, "ErrorInvalidRange", text)
    session.parts.append(request.body)
    if session.received < session.size:
        return Answer(200, raw=msgspec.json.encode(_progress(session)), content_type="application/json; charset=utf-8")
    return _finished(world, session, target, request.origin)


def _finished(world: World, session: UploadSession, target: _Target, origin: str) -> Answer:
    made = Attachment(
        serial=world.next_serial(),
        kind="file",
        name=session.name,
        modified=world.now(),
        content_type=session.content_type or "application/octet-stream",
        content=b"".join(session.parts),
        is_inline=session.is_inline,
        content_id=session.content_id,
    )
    del world.uploads[session.number]
    hand = Hand(world, target.mailbox, f"app:{session.app_id}")
    held = target.event if target.day is None else exception_of(target.event, target.day)
    fields = {"attachments": (*held.attachments, made)}
    if target.day is None:
        change(hand, target.calendar, target.event, fields)
    else:
        change_occurrence(hand, target.calendar, target.event, day=target.day, fields=fields)
    shelf, wishes = Shelf(target.mailbox, target.calendar.serial), Wishes(immutable=session.immutable)
    event = shelf.id_of(session.event, wishes, day=session.day)
    where = f"{_of_event(session, target.mailbox, event)}/Attachments('{shelf.attachment_id(made.serial, wishes)}')"
    return Answer(201, headers={"Location": f"{origin}{where}"})


def _target(world: World, session: UploadSession) -> _Target:
    """Where the file belongs, which may be gone by now."""
    mailbox = world.find(session.mailbox)
    home = None if mailbox is None or not mailbox.has_mailbox else mailbox.homes.get(session.event)
    if mailbox is None or home is None:
        raise item_not_found()
    calendar = mailbox.calendars[home]
    event = calendar.events[session.event]
    day = date.fromordinal(session.day) if session.day else None
    if day is not None and (event.recurrence is None or instance_of(event, day) is None):
        raise item_not_found()
    return _Target(mailbox, calendar, event, day)


def _of_event(session: UploadSession, mailbox: Mailbox, event: str) -> str:
    return f"/{'/'.join(HOST)}/Users('{session.mailbox}@{mailbox.tenant_id}')/Events('{quote(event)}')"


def _progress(session: UploadSession) -> Json:
    expires = session.expires.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    return {"expirationDateTime": expires, "nextExpectedRanges": [f"{session.received}-"]}


def _name(item: Json) -> str:
    name = as_text(item.get("name"), "name").strip()
    if not 0 < len(name) <= NAME_MAX:
        raise failed_validation(f"An attachment needs a name of at most {NAME_MAX} characters.")
    return name


def _size(item: Json) -> int:
    size = as_number(item.get("size"), "size", low=0, high=2**53)
    if size < FILE_BYTES_MIN:
        text = "A file below 3 MB is attached in one request, without a session."
        raise GraphError(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize", text)
    if size > FILE_BYTES_MAX:
        raise GraphError(413, "ErrorAttachmentSizeLimitExceeded", "A file on an event has at most 150 MB.")
    return size


def _make_room(world: World) -> None:
    now = world.now()
    for number in [number for number, each in world.uploads.items() if each.expires <= now]:
        del world.uploads[number]
    while len(world.uploads) >= SESSIONS_MAX:
        del world.uploads[next(iter(world.uploads))]


def _gone() -> GraphError:
    return GraphError(404, "ErrorItemNotFound", "The upload session is over, or never was; open another.")
