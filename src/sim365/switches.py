"""Where a fact is unverified or the sources disagree, both behaviours exist and a named switch chooses.

The default is the documented behaviour. Each switch says which section of the facts it belongs to; a world run may draw
them at random, so that a client is shown to hold under either.
"""

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Switches:
    """The named choices of one simulator."""

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
    uid_per_occurrence: bool = False
    """3.8: each occurrence has an iCalUId of its own; off they share the master's."""
    removed_never_seen: bool = True
    """4: a change wholly outside the window is reported as @removed, even for ids never seen."""
    renewal_shakes_hands: bool = False
    """5.1: a renewal may run the handshake again, and fail when it times out."""
    loopback_webhooks: bool = False
    """5.2: Microsoft takes https only; on allows plain http to a loopback address."""
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
