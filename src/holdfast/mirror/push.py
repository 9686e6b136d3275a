"""Whether Microsoft's notices can be relied on: measured, never assumed.

Pure. A subscription that exists proves little; whole days without notices happened while it was alive. So push counts
as healthy only where a notice followed our own last write, or that write is too young to tell. Everything that waits
for notices instead of asking takes its intervals from here.
"""

from datetime import datetime, timedelta

from holdfast.mirror.lease import MailboxFacts

NOTICE_LATENCY_MAX = timedelta(minutes=3)
"""Microsoft's table of delivery latencies: three minutes at most for calendars. Later than that, push is broken."""

SAFETY_POLL = timedelta(hours=6)
POLL = timedelta(minutes=5)
"""Without push: as often as people are promised to see Outlook's changes, 288 requests a day."""
READ_AFTER_WRITE = timedelta(seconds=5)
FRESH = timedelta(seconds=30)


def is_healthy(mailbox: MailboxFacts, *, now: datetime) -> bool:
    """A notice was seen for the last own write, and the subscription is alive."""
    expires = mailbox.subscription_expires_at
    if not mailbox.is_push_measured or expires is None or expires <= now:
        return False
    return mailbox.unproven_since is None or now - mailbox.unproven_since < NOTICE_LATENCY_MAX


def next_poll(mailbox: MailboxFacts, *, observed_at: datetime, now: datetime) -> datetime:
    """When the calendar is read though nobody rang."""
    return observed_at + (SAFETY_POLL if is_healthy(mailbox, now=now) else POLL)
