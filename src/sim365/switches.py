"""Where a fact is unverified or the sources disagree, both behaviours exist and a named switch chooses.

The default is the documented behaviour. Each switch says which section of the facts it belongs to; a world run may draw
them at random, so that a client is shown to hold under either. What somebody has checked on Microsoft's own service
(`sim365 learn`) takes the documented default's place, with its date.
"""

from dataclasses import dataclass, fields

from sim365.learned import checked_defaults


@dataclass(slots=True)
@checked_defaults
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
    retry_after_given: bool = True
    """8 [D21 I]: 429 by the service's own limits carries Retry-After; off it is missing, as sometimes seen."""
    app_limit_older: bool = False
    """8 [D K]: an app has 130,000 requests in 10 s over all tenants; on 2,000 a second, as documented before."""
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
    original_start_with_offset: bool = False
    """3.7 [I]: `originalStart` is in UTC as documented; on it carries the offset of the zone that `Prefer` names."""
    unknown_preferred_zone_refused: bool = False
    """0.1 [K]: a zone in `Prefer` that nobody knows is passed over; on it is refused."""
    list_bodies_html: bool = True
    """0.1 [D21]: lists of events give bodies as HTML only; off they honour `Prefer: outlook.body-content-type`."""
    exceptions_in_list: bool = False
    """3.7 [D I]: lists show single events and masters; on they show exceptions, too, as some have seen."""
    join_url_late: bool = False
    """3.13 [K]: the answer to a create carries the join link; on it is null there, and shown by the next read."""
    online_provider_refused: bool = False
    """3.13 [K]: a provider that the calendar does not allow leaves the event offline; on it is refused."""
    rapid_twins_share_id: bool = False
    """11 [I]: each create answers with an id of its own; on, equal creates within two seconds answer with one."""
    view_selects_stamps: bool = False
    """3.2 [D21]: `$select` of createdDateTime and lastModifiedDateTime on calendarView gives nothing; on it works."""
    reminder_actions_accepted: bool = False
    """3.3 [D21]: snoozing and dismissing a reminder answer 200; on they answer 202."""
    master_change_keeps_exceptions: bool = False
    """3.7 [K]: a new time or pattern of a series drops its exceptions and deletions; on, those stay whose dates it
    still has."""
    invitations_held_back: bool = False
    """11 [I]: a new meeting is sent at once; on, an app's stays a draft and nobody is invited, as some have seen."""
    organizer_errors_by_name: bool = False
    """3.3 [I K]: answering one's own meeting and cancelling somebody else's is ErrorInvalidRequest; on, the code says
    which, as EWS has them."""
    strict_intervals: bool = True
    """3.6 [D21 K]: an interval is at most 999 days, 99 weeks or months, and one year; off any pattern takes 999."""
    uid_per_occurrence: bool = False
    """3.8: each occurrence has an iCalUId of its own; off they share the master's."""
    restored_keeps_id: bool = False
    """3.9 [D21 K]: an event that comes back from Deleted Items was moved and has a new ordinary id; on its old one."""
    removed_never_seen: bool = True
    """4 [I]: a change wholly outside the window is reported as @removed, even for ids never seen; off only what an
    earlier round told is."""
    renewal_shakes_hands: bool = False
    """5.1: a renewal may run the handshake again, and fail when it times out."""
    notices_bundled: bool = True
    """5.3 [D21]: notices for one address that arise in the same moments travel in one POST; off each travels alone."""
    notices_per_update: int = 1
    """5.4 [I]: a change of an event is told once; users saw three `updated` for one edit."""
    endpoint_rules_of_2023: bool = False
    """5.4 [D]: slow is an answer after 10 s, and costs 10 s; on, as documented in 2023, after 2.9 s, and 10 min."""
    endpoint_judged_after: int = 100
    """5.4 [D]: how many answers a host must have given in ten minutes before it can count as slow; the current page
    names no number, that of 2023 names a hundred."""
    removal_is_told: bool = True
    """5.5 [D I]: when a password reset or a revoked account ends a subscription, subscriptionRemoved is sent; off it
    ends silently."""
    lifecycle_url_required: bool = False
    """5.1 [D]: the lifecycleNotificationUrl is optional for events; on it is required above an hour, as for Teams."""
    subscription_minutes_of_2024: bool = False
    """5.1 [D]: a subscription to events lives at most 10,080 minutes; on 4,230, as documented until about 2024."""
    loopback_webhooks: bool = False
    """5.2: Microsoft takes https only; on allows plain http to a loopback address."""
    delta_latest_token: bool = False
    """4 [K]: `$deltatoken=latest` is documented for directory objects only; off answers 400, on gives a deltaLink to
    the present without items."""
    delta_tokens_kept: int = 0
    """4 [D]: how many tokens of one calendar are remembered before the oldest answers 410; 0 remembers them all."""
    places_lag_hours: float = 24.0
    """2.1 [I]: how long a new room is missing in the lists of places; up to two days were seen."""
    calendar_ids_settle: bool = False
    """3.1 [I]: on gives a new calendar another id a minute after its creation, as users reported."""
    schedule_window_classic: bool = False
    """6 [D K]: getSchedule takes windows of up to 42 days as documented; on takes the 62 of the older service."""
    group_entries_told: bool = False
    """6 [K]: of a group getSchedule tells one merged view; on, the times of its members' entries, too."""
    meeting_times_days: int = 7
    """6 [K]: how many days findMeetingTimes looks ahead where the request has no time constraint."""
    full_group_deletable: bool = False
    """3.1 [K]: a calendar group that holds calendars is not deleted; on it is, and they go to the built-in ones."""
    delta_page_size: int = 50
    """13: the default page size of delta is not established."""
    room_delay_min_s: float = 1.0
    """9.1: the room attendant takes 1 to 10 s, up to 2 min."""
    room_delay_max_s: float = 10.0
    token_lifetime_varies: bool = True
    """1.8 [D]: access tokens live a random time of 60 to 90 minutes; off the 3,599 s that the examples show."""
    tokens_revocable: bool = True
    """1.8 [K]: a client that declares cp1 gets tokens of 28 hours that Graph can refuse with a claims challenge."""
    older_aadsts_numbers: bool = False
    """1.7 [D K]: situations with two numbers answer with the older or less certain one, such as 70002
    for a wrong secret."""
    consent_delay_max_s: float = 0.0
    """1.6 [K]: how long a consent takes at most to reach tokens, which is said to be minutes; 0 is at once."""
    admin_consent_signs_in: bool = True
    """1.6 [D]: an administrator signs in before consenting; off, whoever opens the page of a simulator is one."""
    access_policy_delay_max_s: float = 1800.0
    """1.10 [I]: how long an application access policy takes at most to act: half an hour, an hour was seen."""
    app_role_delay_min_s: float = 1800.0
    """1.10 [K]: RBAC for Applications takes half an hour to two hours to act."""
    app_role_delay_max_s: float = 7200.0
    message_delay_max_s: float = 3.0
    """9: how long a meeting message travels between mailboxes."""
    conflict_limits_either: bool = True
    """9 [D]: a series is declined where either the share or the number of its conflicts passes its limit; off: both."""
    pending_answered: bool = True
    """9 [K]: while a delegate has to approve, the room answers tentatively; off: it says nothing until then."""
    notice_delay_max_s: float = 3.0
    """5.4: how long a notice takes at most, without weather."""

    def set(self, name: str, *, value: bool | float) -> None:
        """Turn a switch by its name."""
        if name not in {field.name for field in fields(self)}:
            message = f"there is no switch {name}"
            raise ValueError(message)
        setattr(self, name, type(getattr(self, name))(value))
