"""Opaque ids of calendars and events, in both formats, and the values that Exchange derives from an item.

An id can be read back by the simulator alone: it carries mailbox, folder, serial and, for an occurrence, its date,
closed by a check, so that a cut or edited id is seen to be malformed. A folder is part of the ordinary id, so a move
changes it; the immutable id leaves it out (FACTS 3.9).
"""

import base64
import binascii
import functools
import hashlib
import struct
from dataclasses import dataclass
from datetime import date, datetime

_ORDINARY = b"\x00\x03\x24"
_IMMUTABLE = b"\x00\x09\x00"
_ATTACHMENT = b"\x00\x03\x25"
_ATTACHMENT_IMMUTABLE = b"\x00\x09\x01"
_BODY = struct.Struct(">QIQI")
_CHECK_BYTES = 5
_LENGTH = 3 + _BODY.size + _CHECK_BYTES
CALENDAR_FOLDER = 0xFFFFFFFF
"""Stands in the folder's place when the id names a folder itself."""
GROUP_FOLDER = 0xFFFFFFFE
"""Likewise when it names a calendar group."""

_FILETIME_EPOCH_S = 11_644_473_600
_GLOBAL_OBJECT = "040000008200E00074C5B7101A82E008"


@dataclass(frozen=True, slots=True)
class ItemKey:
    """What an id says."""

    mailbox: int
    folder: int
    serial: int
    day: int = 0
    """Ordinal of the occurrence's original date; 0 when the id names a single event or a master."""
    immutable: bool = False


def item_id(mailbox: int, *, folder: int, serial: int, day: int = 0, immutable: bool = False) -> str:
    """The id of an event or occurrence."""
    body = _BODY.pack(mailbox, 0 if immutable else folder, serial, day)
    return _sealed((_IMMUTABLE if immutable else _ORDINARY) + body)


def calendar_id(mailbox: int, serial: int) -> str:
    """The id of a calendar; containers have no immutable form."""
    return item_id(mailbox, folder=CALENDAR_FOLDER, serial=serial)


def attachment_id(mailbox: int, *, folder: int, serial: int, immutable: bool = False) -> str:
    """The id of an attachment."""
    head = _ATTACHMENT_IMMUTABLE if immutable else _ATTACHMENT
    return _sealed(head + _BODY.pack(mailbox, 0 if immutable else folder, serial, 0))


def read_attachment_id(text: str) -> ItemKey | None:
    """What an attachment's id names, or None where it is malformed."""
    return _opened(text, _ATTACHMENT, _ATTACHMENT_IMMUTABLE)


def unsettled_calendar_id(mailbox: int, serial: int) -> str:
    """The id that a new calendar has at first, where ids settle only later (FACTS 3.1)."""
    return item_id(mailbox, folder=CALENDAR_FOLDER, serial=serial, day=1)


def group_id(mailbox: int, serial: int) -> str:
    """The id of a calendar group."""
    return item_id(mailbox, folder=GROUP_FOLDER, serial=serial)


@functools.lru_cache(maxsize=8192)
def read_id(text: str) -> ItemKey | None:
    """What the id names, or None where it is malformed."""
    return _opened(text, _ORDINARY, _IMMUTABLE)


def _opened(text: str, ordinary: bytes, immutable: bytes) -> ItemKey | None:
    spelt = text.replace("+", "-").replace("/", "_")
    try:
        raw = base64.urlsafe_b64decode(spelt.encode())
    except (binascii.Error, ValueError):
        return None
    if base64.urlsafe_b64encode(raw).decode() != spelt:
        # Decoding forgives what follows the padding; an id has one spelling.
        return None
    head = raw[:-_CHECK_BYTES]
    if len(raw) != _LENGTH or raw[-_CHECK_BYTES:] != _check(head) or head[:3] not in {ordinary, immutable}:
        return None
    mailbox, folder, serial, day = _BODY.unpack(head[3:])
    return ItemKey(mailbox, folder, serial, day, immutable=head[:3] == immutable)


def change_key(mailbox: int, sequence: int) -> str:
    """The change key of a version; a new sequence number gives a new key."""
    return base64.b64encode(struct.pack(">QQ", mailbox ^ 0x9B6E_55A1, sequence)).decode()


def etag(mailbox: int, sequence: int) -> str:
    """`@odata.etag`."""
    return f'W/"{change_key(mailbox, sequence)}"'


def ical_uid(created: datetime, *, seed: int, serial: int, day: date | None = None) -> str:
    """An iCalUId in the form of a GlobalObjectId (FACTS 3.8)."""
    filetime = int((created.timestamp() + _FILETIME_EPOCH_S) * 10_000_000)
    data = hashlib.blake2b(struct.pack(">qQ", seed, serial), digest_size=16).hexdigest().upper()
    instance = "00000000" if day is None else f"{day.year:04X}{day.month:02X}{day.day:02X}"
    stamp = struct.pack("<Q", filetime).hex().upper()
    return f"{_GLOBAL_OBJECT}{instance}{stamp}{'00' * 8}10000000{data}"


def uid_of_day(uid: str, day: date) -> str:
    """The iCalUId of one occurrence, where each has its own."""
    at = len(_GLOBAL_OBJECT)
    return f"{uid[:at]}{day.year:04X}{day.month:02X}{day.day:02X}{uid[at + 8 :]}"


def web_link(text: str) -> str:
    """Where Outlook on the web shows the item."""
    # An id holds letters, digits, - and _, and ends in =: of these only the last needs quoting (RFC 3986, 2.3).
    quoted = text.replace("=", "%3D")
    return f"https://outlook.office365.com/owa/?itemid={quoted}&exvsurl=1&path=/calendar/item"


def occurrence_id(master: str, day: date) -> str:
    """`occurrenceId` and the entries of `cancelledOccurrences`."""
    return f"OID.{master}.{day.isoformat()}"


def guid(*parts: int | str) -> str:
    """A GUID that is always the same for the same parts."""
    text = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _sealed(head: bytes) -> str:
    return base64.urlsafe_b64encode(head + _check(head)).decode()


def _check(head: bytes) -> bytes:
    return hashlib.blake2b(head, digest_size=_CHECK_BYTES, key=b"sim365").digest()
