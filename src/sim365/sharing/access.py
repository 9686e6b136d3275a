"""Whether the bearer of a token may do this in that calendar: the one place where it is decided.

An app by itself has no rights of a person: its permissions reach every mailbox (an access policy confines it before
this is asked). A person reaches the own mailbox; another's calendar only with a `.Shared` scope and with a role that
its owner gave, to the person or to the whole organisation (FACTS 1.9, 3.1, 3.3).
"""

from dataclasses import dataclass

from sim365.sharing.sight import Sight, sight_of
from sim365.state import Calendar, CalendarRole, Mailbox, Principal

_ORDER = tuple(CalendarRole)
WRITERS = frozenset(_ORDER[_ORDER.index(CalendarRole.WRITE) :])


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do with a calendar."""

    role: CalendarRole
    is_owner: bool = False
    is_shared: bool = False
    """The owner gave this person a role by name, not only the organisation."""

    @property
    def sight(self) -> Sight:
        """How much is seen."""
        return Sight.FULL if self.is_owner else sight_of(self.role)

    @property
    def may_open(self) -> bool:
        """Whether its entries can be read one by one; free/busy for everybody is for getSchedule alone."""
        least = CalendarRole.FREE_BUSY_READ if self.is_shared else CalendarRole.LIMITED_READ
        return self.is_owner or _ORDER.index(self.role) >= _ORDER.index(least)

    @property
    def sees_private(self) -> bool:
        """Whether private entries are seen whole."""
        return self.sight is Sight.FULL

    @property
    def may_write(self) -> bool:
        """Whether entries can be made and changed."""
        return self.is_owner or self.role in WRITERS


OWNER = Access(CalendarRole.DELEGATE_WITH_PRIVATE, is_owner=True)


def access_to(calendar: Calendar | None, owner: Mailbox, visitor: str | None) -> Access:
    """What the person of this object id may do; None is the application by itself. A calendar that nobody has touched
    yet has the permissions of a new one.
    """
    if visitor == owner.oid:
        return OWNER
    if calendar is None:
        return Access(owner.shows)
    share = next((share for share in calendar.shares.values() if visitor and share.oid == visitor), None)
    if share is not None:
        return Access(share.role, is_shared=True)
    return Access(calendar.organization_role)


def may(
    principal: Principal, held: tuple[str, ...], owner: Mailbox, calendar: Calendar | None, *, writing: bool
) -> Access | None:
    """The caller's access where it suffices for reading or writing entries, else None; `held` are the permissions of
    the token that count for the operation.
    """
    if principal.user_oid is None:
        return OWNER
    access = access_to(calendar, owner, principal.user_oid)
    if access.is_owner:
        return access
    if not any(scope.endswith(".Shared") for scope in held):
        return None
    suffices = access.may_write if writing else access.may_open
    return access if suffices else None
