"""Meetings: what happens between mailboxes when somebody creates, changes, answers or cancels an event."""

from sim365.meetings.answers import answer
from sim365.meetings.hand import Hand
from sim365.meetings.occurrences import change_occurrence, remove_occurrence
from sim365.meetings.organising import change, create, move_to, remove

__all__ = ["Hand", "answer", "change", "change_occurrence", "create", "move_to", "remove", "remove_occurrence"]
