"""Online meetings: the link, the block of HTML that carries it, and what is shown of it (FACTS 3.13).

The meeting lives in the body: a body written without the block ends it. Ids, numbers and links are derived from the
event, so that the same run gives the same ones.
"""

import hashlib
import urllib.parse

from sim365 import ids
from sim365.calendars.bodies import document, inner_of
from sim365.calendars.json_types import Json
from sim365.state.mailboxes import Mailbox, UserPurpose

_LINE = "_" * 80


def hosts(mailbox: Mailbox) -> tuple[str, ...]:
    """The providers that a mailbox is licensed for; a room is not."""
    return ("teamsForBusiness",) if mailbox.purpose is UserPurpose.USER else ()


def join_url(*, seed: int, serial: int, sequence: int, tenant: str, organizer: str) -> str:
    """The link of a new meeting; one that goes online again gets another."""
    room = ids.guid("meeting", seed, serial, sequence)
    context = urllib.parse.quote(f'{{"Tid":"{tenant}","Oid":"{organizer}"}}', safe="")
    return f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{room}%40thread.v2/0?context={context}"


def with_block(body: str, url: str) -> str:
    """A body with the block that makes it an online meeting."""
    shown = online_json(url)
    block = (
        f"<div>{_LINE}</div>\r\n"
        f'<div class="me-email-text"><div><a class="me-email-headline" href="{url}">Join the meeting now</a></div>\r\n'
        f"<div>{shown['tollNumber']} (Toll)</div>\r\n<div>Conference ID: {shown['conferenceId']}#</div></div>\r\n"
        f"<div>{_LINE}</div>"
    )
    return document(f"{inner_of(body)}\r\n{block}", "html")


def carries(body: str, url: str) -> bool:
    """Whether a body still holds the meeting."""
    return url in body.replace("&amp;", "&")


def online_json(url: str) -> Json:
    """`onlineMeeting`."""
    number = int.from_bytes(hashlib.blake2b(url.encode(), digest_size=8).digest())
    toll = f"+1 425-555-01{number % 100:02d}"
    return {"joinUrl": url, "conferenceId": f"{number % 10**9:09d}", "tollNumber": toll}
