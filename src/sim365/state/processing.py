"""How a resource mailbox treats meeting requests: the settings of `Set-CalendarProcessing`, with defaults (FACTS 9).

Pure data. What the settings do is decided in `meetings`: `policy`, `conflicts`, `rewriting` and `attendant`.
"""

from dataclasses import dataclass

#: Settings that take one of a few words.
CHOICES = {"automate_processing": ("AutoAccept", "AutoUpdate", "None"), "booking_type": ("Standard", "Reserved")}

#: Settings whose numbers have limits of their own.
NUMBERS = {"booking_window_in_days": (0, 1080), "conflict_percentage_allowed": (0, 100)}

#: The longest additional response.
TEXT_MAX = 10_000


@dataclass(slots=True)
class CalendarProcessing:
    """The settings of one resource mailbox; each is named as its parameter, in our spelling."""

    automate_processing: str = "AutoAccept"
    """None: nothing is processed. AutoUpdate: requests lie tentatively until a person answers. AutoAccept: decided."""
    add_new_requests_tentatively: bool = True
    allow_conflicts: bool = False
    conflict_percentage_allowed: int = 0
    maximum_conflict_instances: int = 0
    booking_type: str = "Standard"
    """Reserved: nobody can book it."""
    booking_window_in_days: int = 180
    enforce_scheduling_horizon: bool = True
    maximum_duration_in_minutes: int = 1440
    minimum_duration_in_minutes: int = 0
    """Of workspaces only."""
    allow_recurring_meetings: bool = True
    schedule_only_during_work_hours: bool = False
    enforce_capacity: bool = False
    """Of workspaces only: people are counted instead of overlaps."""
    all_book_in_policy: bool = True
    book_in_policy: tuple[str, ...] = ()
    """Addresses of people and groups; so are all the lists below."""
    all_request_in_policy: bool = False
    request_in_policy: tuple[str, ...] = ()
    all_request_out_of_policy: bool = False
    request_out_of_policy: tuple[str, ...] = ()
    resource_delegates: tuple[str, ...] = ()
    forward_requests_to_delegates: bool = True
    tentative_pending_approval: bool = True
    process_external_meeting_messages: bool = False
    add_organizer_to_subject: bool = True
    delete_subject: bool = True
    delete_comments: bool = True
    delete_attachments: bool = True
    remove_private_property: bool = True
    delete_non_calendar_items: bool = True
    organizer_info: bool = True
    enable_response_details: bool = True
    add_additional_response: bool = False
    additional_response: str = ""
    remove_old_meeting_messages: bool = True
    remove_forwarded_meeting_notifications: bool = False
    remove_canceled_meetings: bool = False
    enable_auto_release: bool = False
    post_reservation_max_claim_time_in_minutes: int = 10


def teams_processing() -> CalendarProcessing:
    """What Microsoft recommends for the account of a Teams Rooms device: the invitation must stay readable to it."""
    return CalendarProcessing(
        automate_processing="AutoAccept",
        add_organizer_to_subject=False,
        allow_recurring_meetings=True,
        delete_attachments=True,
        delete_comments=False,
        delete_subject=False,
        process_external_meeting_messages=True,
        remove_private_property=False,
    )
