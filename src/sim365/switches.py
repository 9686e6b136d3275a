"""Where a fact is unverified or the sources disagree, both behaviours exist and a named switch chooses.

The default is the documented behaviour. Each switch says which section of the facts it belongs to; a world run may draw
them at random, so that a client is shown to hold under either. What somebody has checked on Microsoft's own service
(`sim365 learn`) takes the documented default's place, with its date.
"""

from dataclasses import dataclass, fields
from typing import ClassVar

from sim365.learned import checked_defaults


@dataclass(slots=True)
@checked_defaults
class Switches:
    """The named choices of one simulator."""

    documented: ClassVar[dict[str, bool | float]] = {}
    """The defaults as they stand below, before anything was checked."""

    transaction_survives_deletion: bool = True
    """3.5: a transactionId stays used after its event was deleted (the repeat answers with the deleted event)."""
    transaction_filter: bool = False
    """0.2, 3.5: `$filter=transactionId eq` is not documented; off answers 400."""
    duplicate_subscription_conflict: bool = True
    """5.1: a second subscription for the same app, resource and change types answers 409; off doubles silently."""
    concurrency_per_mailbox: bool = True
    """8: four requests at a time per app and mailbox; off counts per app across mailboxes."""
    batch_surplus_throttled: bool = False
    """7: more than four independent items for one mailbox in a batch answer 429 on the surplus (historical)."""
    gone_with_location: bool = False
    """4: 410 carries a Location with a fresh delta URL."""
    delta_select_honoured: bool = False
    """4 rule 2: `$select` on delta is ignored (documented as unsupported); on honours it for full items."""
    extension_filter_on_view: bool = False
    """3.10: `$filter` by extended property on calendarView answers 500; on it works."""
    cancelled_occurrences_returned: bool = False
    """3.2: `cancelledOccurrences` of a master is returned only where selected; on it is always there."""
    attendees_max: int = 500
    """3.2 [D21 I]: an event has at most 500 attendees; a maintainer later named 5000."""
    locations_joined: bool = False
    """3.2 [D21]: `location` echoes the first of several `locations`; on it is called by all their names, as one
    documented example shows."""
    offset_in_datetime_counts: bool = True
    """3.12 [K]: `Z` or an offset inside `dateTime` beside another zone names the instant; off it is passed over."""
    strict_intervals: bool = True
    """3.6 [D21 K]: an interval is at most 999 days, 99 weeks or months, and one year; off any pattern takes 999."""
    uid_per_occurrence: bool = False
    """3.8: each occurrence has an iCalUId of its own; off they share the master's."""
    removed_never_seen: bool = True
    """4: a change wholly outside the window is reported as @removed, even for ids never seen."""
    renewal_shakes_hands: bool = False
    """5.1: a renewal may run the handshake again, and fail when it times out."""
    loopback_webhooks: bool = False
    """5.2: Microsoft takes https only; on allows plain http to a loopback address."""
    delta_latest_token: bool = False
    """4 [K]: `$deltatoken=latest` is documented for directory objects only; off answers 400, on gives a deltaLink to the
    present without items."""
    delta_tokens_kept: int = 0
    """4 [D]: how many tokens of one calendar are remembered before the oldest answers 410; 0 remembers them all."""
    delta_page_size: int = 50
    """13: the default page size of delta is not established."""
    room_delay_min_s: float = 1.0
    """9.1: the room attendant takes 1 to 10 s, up to 2 min."""
    room_delay_max_s: float = 10.0
    message_delay_max_s: float = 3.0
    """9: how long a meeting message travels between mailboxes."""
    notice_delay_max_s: float = 3.0
    """5.4: how long a notice takes at most, without weather."""

    def set(self, name: str, *, value: bool | float) -> None:
        """Turn a switch by its name."""
        if name not in {field.name for field in fields(self)}:
            message = f"there is no switch {name}"
            raise ValueError(message)
        setattr(self, name, type(getattr(self, name))(value))
