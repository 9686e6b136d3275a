"""What a failure of Microsoft's means to a mailbox: its state, the sentence a person reads, and when it is tried again.

Pure. Decides that nothing here ever means "empty" or "deleted": a mailbox that cannot be read is unread, and says so.
"""

from datetime import datetime, timedelta

from holdfast.graph import errors
from holdfast.graph.errors import GraphError
from holdfast.mirror.lease import MailboxFacts, Report
from holdfast.mirror.models import MailboxState

BACK_OFF = timedelta(seconds=5)
BACK_OFF_MAX = timedelta(minutes=10)
RECHECK = timedelta(minutes=30)
"""States that a person must change are looked at again slowly: access policies lag up to two hours (FACTS 11, 44)."""


def note(report: Report, trouble: GraphError, mailbox: MailboxFacts, now: datetime) -> None:
    """Write the trouble into what the tending leaves on the mailbox."""
    report.state, report.words = _said(trouble, mailbox)
    report.failures = mailbox.failures + 1
    report.not_before = _not_before(trouble, report, now)
    report.due_at = report.not_before


def _said(trouble: GraphError, mailbox: MailboxFacts) -> tuple[MailboxState, str]:  # noqa: PLR0911  one a class
    who = mailbox.address
    match trouble:
        case errors.SignInRefused():
            return MailboxState.SIGNED_OUT, (
                "Microsoft does not let Holdfast sign in. Check the application's secret and consent, "
                "then connect again."
            )
        case errors.BlockedByPolicy():
            return MailboxState.NO_ACCESS, (
                f"An access policy keeps Holdfast out of {who}. Add the mailbox to the policy's group; "
                "such changes take up to two hours."
            )
        case errors.Denied() | errors.Unauthorized():
            return MailboxState.NO_ACCESS, (
                f"Holdfast may not read or write the calendar of {who}. "
                "Grant the application Calendars.ReadWrite for it."
            )
        case errors.MailboxUnusable() | errors.NotFound():
            return MailboxState.UNUSABLE, (
                f"Microsoft finds no usable mailbox or calendar at {who}. Check its licence, or map another calendar."
            )
        case errors.Puzzling() | errors.Refused():
            return MailboxState.PUZZLED, (
                f"Microsoft gave an answer about {who} that Holdfast does not know. "
                "It counts as unread; nothing is deleted."
            )
        case errors.Throttled():
            return MailboxState.WAITING, f"Microsoft asks to wait before {who} is asked again."
        case _:
            return MailboxState.WAITING, f"Microsoft could not be asked about {who}. It is tried again by itself."


def _not_before(trouble: GraphError, report: Report, now: datetime) -> datetime:
    if isinstance(trouble, errors.Throttled) and trouble.not_before is not None:
        return max(trouble.not_before, now)
    if report.state in (MailboxState.WAITING, MailboxState.PUZZLED):
        return now + min(BACK_OFF * 2 ** min(report.failures - 1, 16), BACK_OFF_MAX)
    return now + RECHECK
