"""The delegated permissions of Graph that this simulator knows: what a person reads of each, and who may consent.

Data (FACTS 1.9). Application permissions always need an administrator; of the delegated ones only those marked here.
"""

from __future__ import annotations

from dataclasses import dataclass

#: OpenID Connect's own scopes: no administrator is ever needed for them.
OIDC = {
    "openid": "Sign you in",
    "profile": "See your name and user name",
    "email": "See your e-mail address",
    "offline_access": "Keep the access you give it, also while you are away",
}


@dataclass(frozen=True, slots=True)
class Delegated:
    """One delegated permission."""

    says: str
    """What it allows, after "It would be allowed to"."""
    needs_admin: bool = False


DELEGATED = {
    "User.Read": Delegated("Read your profile"),
    "User.ReadBasic.All": Delegated("Read everybody's basic profile"),
    "User.Read.All": Delegated("Read everybody's full profile", needs_admin=True),
    "User.ReadWrite.All": Delegated("Change everybody's full profile", needs_admin=True),
    "Directory.Read.All": Delegated("Read the directory", needs_admin=True),
    "Calendars.ReadBasic": Delegated("See times and titles in your calendars", needs_admin=True),
    "Calendars.Read": Delegated("Read your calendars"),
    "Calendars.Read.Shared": Delegated("Read your calendars and those shared with you"),
    "Calendars.ReadWrite": Delegated("Read and change your calendars"),
    "Calendars.ReadWrite.Shared": Delegated("Read and change your calendars and those shared with you"),
    "MailboxSettings.Read": Delegated("Read your mailbox settings"),
    "MailboxSettings.ReadWrite": Delegated("Read and change your mailbox settings"),
    "Place.Read.All": Delegated("Read all places of the company", needs_admin=True),
    "Place.ReadWrite.All": Delegated("Read and change all places of the company", needs_admin=True),
    "Bookings.Read.All": Delegated("Read Bookings that you may see"),
    "BookingsAppointment.ReadWrite.All": Delegated("Read and change Bookings appointments"),
    "Group.Read.All": Delegated("Read all groups", needs_admin=True),
    "OnlineMeetings.ReadWrite": Delegated("Read and make online meetings"),
}

#: Microsoft compares the names without regard to case.
_BY_LOWER = {name.lower(): name for name in (*DELEGATED, *OIDC)}


def canonical(name: str) -> str | None:
    """The permission as its catalogue spells it; None where Graph has no such permission."""
    return _BY_LOWER.get(name.lower())


def needs_admin(name: str) -> bool:
    """Whether only an administrator may consent to this delegated permission."""
    return name in DELEGATED and DELEGATED[name].needs_admin


def says(name: str) -> str:
    """What a person reads on the consent page."""
    return DELEGATED[name].says if name in DELEGATED else OIDC.get(name, name)
