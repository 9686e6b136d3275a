"""The settings of a mapping as typed rules.

This module decides which settings there are, their defaults, and what they mean to the plan. It must not read anything
but what it is given. Settings are stored as JSON; what is unknown there is refused, so that a misspelt setting is never
silently a default.
"""

from enum import StrEnum
from typing import Any

import msgspec

from holdfast.mirror.errors import Refused
from holdfast.mirror.lease import MappingFacts
from holdfast.mirror.models import MappingState
from holdfast.reconcile.rules import ClashWinner, Direction, InboundEdit, OnRemoteDelete, Rules, Winner

WINDOW_DAYS_MAX = 1000


class WhenUnread(StrEnum):
    """What a person hears who books while the calendar cannot be read."""

    ASK = "ask"
    REFUSE = "refuse"
    ACCEPT = "accept"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How one resource and its calendar are kept in step."""

    direction: Direction = Direction.BOTH
    inbound_edit: InboundEdit = InboundEdit.PROPAGATE
    both_edited: Winner = Winner.TABLE
    clash_winner: ClashWinner = ClashWinner.FIRST_HERE
    on_remote_delete: OnRemoteDelete = OnRemoteDelete.KEEP_CANCELLED
    when_unread: WhenUnread = WhenUnread.ASK
    attendant_keeps: bool = False
    no_show_stays: bool = False
    days_back: int = 30
    days_ahead: int = 400


class SettingsInvalid(Refused):
    """These settings cannot be understood."""

    code = "settings_invalid"


def settings_of(stored: dict[str, Any]) -> Settings:
    """The typed settings. Raises SettingsInvalid, naming the setting."""
    try:
        settings = msgspec.convert(stored, Settings)
    except msgspec.ValidationError as error:
        raise SettingsInvalid(f"The settings cannot be understood: {error}") from None
    if not (0 <= settings.days_back <= WINDOW_DAYS_MAX and 1 <= settings.days_ahead <= WINDOW_DAYS_MAX):
        raise SettingsInvalid(f"days_back and days_ahead must lie between 0 and {WINDOW_DAYS_MAX}.")
    return settings


def stored(settings: Settings) -> dict[str, Any]:
    return msgspec.to_builtins(settings)


def rules_of(mapping: MappingFacts, *, is_shadow: bool = False) -> Rules:
    """What the plan needs. A shadow is another mapping's event on a shared calendar: it only takes time here."""
    settings = settings_of(mapping.settings)
    direction = settings.direction
    if mapping.state == MappingState.PAUSED:
        direction = Direction.NONE
    elif is_shadow and direction is not Direction.NONE:
        direction = Direction.DOWN
    return Rules(
        zone=mapping.zone,
        direction=direction,
        attendant_keeps=settings.attendant_keeps,
        inbound_edit=InboundEdit.LOCKED if is_shadow else settings.inbound_edit,
        both_edited=settings.both_edited,
        clash_winner=settings.clash_winner,
        on_remote_delete=settings.on_remote_delete,
    )
