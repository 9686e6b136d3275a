"""Users of the tenant. Resource mailboxes are users too; only their mailbox's purpose tells them apart."""

from collections.abc import Iterator

import msgspec

from holdfast.graph import limits, paths
from holdfast.graph.answers import Noun
from holdfast.graph.client import Ask, Line
from holdfast.graph.paging import Page, PageReader, ReadPage, pages
from holdfast.graph.wire import User

FIELDS = (
    "id,displayName,mail,userPrincipalName,proxyAddresses,accountEnabled,userType,jobTitle,department,officeLocation"
)

_user = msgspec.json.Decoder(User)
_reader = PageReader(Page[User], User)


def get(line: Line, user: str) -> User:
    """One user by id or sign-in name; NotFound where there is none."""
    path = paths.user(user) + paths.query(select=FIELDS)
    return line.read(Ask(method="GET", path=path, noun=Noun.DIRECTORY), _user)


def listed(line: Line, *, condition: str | None = None) -> Iterator[ReadPage[User]]:
    """All users, page by page; `condition` is an OData filter with its literals quoted (`paths.literal`)."""
    options = paths.query(select=FIELDS, filter=condition, top=limits.USERS_PAGE_SIZE)
    ask = Ask(method="GET", path=f"/users{options}", noun=Noun.DIRECTORY)
    return pages(line, ask, _reader, version=lambda user: user.id)


def with_address(line: Line, address: str) -> User | None:
    """The user to whom an e-mail address belongs, also where it is neither sign-in name nor main address."""
    quoted = paths.literal(address)
    smtp = paths.literal(f"smtp:{address}")
    for condition in (f"mail eq {quoted} or userPrincipalName eq {quoted}", f"proxyAddresses/any(p:p eq {smtp})"):
        for page in listed(line, condition=condition):
            for user in page.items:
                return user
    return None
