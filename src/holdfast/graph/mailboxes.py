"""What kind of mailbox an address has, and how it is set up.

The purpose (room, equipment, shared, user …) is the only way to find equipment; it costs one request per mailbox, so it
is asked in batches. A mailbox that cannot be asked is reported with its reason, never left out.
"""

from collections.abc import Sequence

import msgspec

from holdfast.graph import batch, paths
from holdfast.graph.answers import Answer, decoded
from holdfast.graph.client import Ask, Line, MailboxLine
from holdfast.graph.errors import GraphError
from holdfast.graph.wire import MailboxSettings

_settings = msgspec.json.Decoder(MailboxSettings)


def settings(line: MailboxLine) -> MailboxSettings:
    return line.read(_asking(line.mailbox), _settings)


def settings_of(line: Line, mailboxes: Sequence[str]) -> dict[str, MailboxSettings | GraphError]:
    """Settings of many mailboxes, by the names they were asked under."""
    asks = [_asking(mailbox) for mailbox in mailboxes]
    outcomes = batch.send(line, asks)
    return {mailbox: _understood(outcome, ask) for mailbox, ask, outcome in zip(mailboxes, asks, outcomes, strict=True)}


def _understood(outcome: batch.Outcome, ask: Ask) -> MailboxSettings | GraphError:
    if not isinstance(outcome, Answer):
        return outcome
    try:
        return decoded(outcome, _settings, at=ask.at)
    except GraphError as error:
        return error


def _asking(mailbox: str) -> Ask:
    return Ask(method="GET", path=f"{paths.user(mailbox)}/mailboxSettings")
