"""What is modelled of meetings between mailboxes, of mailboxes of a special kind, and of the room's attendant."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "meeting-messages-in-any-order",
        "3.8",
        "K",
        "A copy is as the newest message says, whatever messages came late, twice or in another order.",
    ),
    Behaviour(
        "meeting-cancellation-overtakes",
        "3.8",
        "K",
        "An invitation that arrives after its own cancellation leaves nothing.",
    ),
    Behaviour(
        "meeting-old-message-after-deletion",
        "3.14",
        "K",
        "Only a newer message brings a copy back that an attendee deleted.",
    ),
    Behaviour(
        "meeting-answers-count-by-time",
        "3.3",
        "K",
        "Of two answers of one attendee the one given later counts, whichever arrives first.",
    ),
    Behaviour(
        "meeting-answer-to-an-old-asking",
        "3.3",
        "K",
        "An answer to an older time, place or pattern does not count for the newer one.",
    ),
    Behaviour(
        "meeting-answer-survives-cosmetic-change",
        "3.3",
        "K",
        "An answer still counts though title or body changed while it travelled.",
    ),
    Behaviour(
        "meeting-local-edits",
        "3.3",
        "K",
        "What an attendee changed in the own copy of one day stays, and what it left alone follows the organiser.",
    ),
    Behaviour(
        "meeting-local-deletion-of-a-day",
        "3.3",
        "K",
        "A day that an attendee deleted stays deleted until the organiser changes that day.",
    ),
    Behaviour(
        "meeting-exception-mails",
        "3.3",
        "D21",
        "A change to a series with exceptions sends each attendee one mail for the series and one for each exception.",
    ),
    Behaviour(
        "meeting-exception-answers",
        "3.3",
        "K",
        "A change of the series that asks anew asks anew on its changed days, too.",
    ),
    Behaviour(
        "meeting-one-day-guest", "3.3", "K", "Somebody invited to one occurrence alone gets it as a single meeting."
    ),
    Behaviour("meeting-inbox", "3.3", "I", "An invitation lies in the Inbox until it is answered."),
    Behaviour(
        "meeting-groups",
        "3.8",
        "K",
        "Inviting a group invites its members, each once; whoever answers joins the attendees.",
    ),
    Behaviour("meeting-room-list", "2.1", "K", "Inviting a room list invites every room on it."),
    Behaviour(
        "meeting-forwarded",
        "3.3",
        "K",
        "The organiser is told of a forwarded invitation, and the new guest becomes an attendee.",
    ),
    Behaviour(
        "meeting-organiser-gone",
        "3.8",
        "K",
        "Copies stay when the organiser is deleted or loses the licence, and answers then reach nobody.",
    ),
    Behaviour(
        "meeting-outside-organiser",
        "9",
        "D",
        "A resource declines organisers of other organisations at once unless ProcessExternalMeetingMessages is on.",
    ),
    Behaviour(
        "meeting-outside-copies",
        "3.8",
        "K",
        "A meeting from outside is followed by its messages alone; its organiser has no mailbox that could be read.",
    ),
    Behaviour("meeting-outside-attendee", "3.3", "K", "An attendee outside the organisation answers by mail."),
    Behaviour(
        "meeting-delegate-writes",
        "3.3",
        "D21",
        "What somebody writes into another mailbox goes out in the name of its owner, who is the organiser.",
    ),
    Behaviour(
        "meeting-delegates-inbox",
        "2.3",
        "C K",
        "A delegate of a person gets the invitations, alone or beside the person by "
        "delegateMeetingMessageDeliveryOptions, and answers in the person's name.",
    ),
    Behaviour("meeting-location-books-nothing", "3.14", "I", "A room named as location only is not booked."),
    Behaviour(
        "meeting-same-run", "9.1", "K", "The same seed gives the same messages, mails and answers at the same moments."
    ),
    Behaviour(
        "teams-room-settings",
        "10",
        "D",
        "A Teams Rooms mailbox keeps title, body and privacy and takes invitations from outside.",
    ),
    Behaviour(
        "panel-reservation",
        "10",
        "K",
        "A reservation made at the room itself stands in its own calendar with the room as organiser.",
    ),
    Behaviour(
        "bookings-appointment",
        "10",
        "I K",
        "An appointment stands in the business's own mailbox, invites the staff without looking at their "
        "calendars, and hides the customer in named properties.",
    ),
    Behaviour(
        "attendant-none-leaves-requests-in-inbox",
        "9",
        "D",
        "AutomateProcessing None processes nothing: a request stays in the Inbox and the calendar stays as it is.",
    ),
    Behaviour(
        "attendant-autoupdate-waits-for-a-person",
        "9",
        "D",
        "On AutoUpdate a request lies tentatively in the calendar, no delegate is written to, and the "
        "organiser hears what a person answers there.",
    ),
    Behaviour(
        "attendant-new-requests-tentative",
        "9",
        "D",
        "With AddNewRequestsTentatively off a meeting first appears when it has been accepted.",
    ),
    Behaviour(
        "attendant-shows-as-sent",
        "9",
        "D K",
        "An accepted meeting shows in the room as the organiser marked it, which is usually busy.",
    ),
    Behaviour(
        "attendant-window",
        "9",
        "D",
        "What begins after the last day of BookingWindowInDays, counted in the room's zone with 0 for "
        "today, is declined.",
    ),
    Behaviour(
        "attendant-horizon",
        "9",
        "D",
        "A series that runs past the window is declined while EnforceSchedulingHorizon is on, and else "
        "accepted up to the last day.",
    ),
    Behaviour("attendant-recurring", "9", "D", "With AllowRecurringMeetings off series are declined."),
    Behaviour("attendant-duration", "9", "D", "MaximumDurationInMinutes is the longest instance, and 0 sets no limit."),
    Behaviour("attendant-shortest-for-workspaces", "9", "D", "MinimumDurationInMinutes counts for workspaces only."),
    Behaviour(
        "attendant-work-hours",
        "9",
        "D",
        "With ScheduleOnlyDuringWorkHours what lies outside the mailbox's working days and hours, in their "
        "zone, is declined.",
    ),
    Behaviour("attendant-booking-type", "9", "D", "A resource of the booking type Reserved declines everything."),
    Behaviour(
        "attendant-capacity",
        "9",
        "D K",
        "With EnforceCapacity a workspace counts people, organiser included and resources not, instead of meetings.",
    ),
    Behaviour(
        "attendant-conflict",
        "9",
        "D",
        "What overlaps a busy, tentative or out-of-office entry is declined; OrganizerInfo names who has "
        "the room and EnableResponseDetails gives reasons.",
    ),
    Behaviour(
        "attendant-allow-conflicts",
        "9",
        "D",
        "With AllowConflicts overlaps are accepted and the limits for series are not looked at.",
    ),
    Behaviour("attendant-long-series", "9", "K", "However long a series is, every conflicting date is found."),
    Behaviour(
        "attendant-declines-single-dates",
        "9",
        "D",
        "The conflicting dates of a series that is accepted are declined one by one and leave the room's calendar.",
    ),
    Behaviour(
        "attendant-waiting-requests-take-no-time",
        "9",
        "K",
        "A request that still waits for its decision takes no time, so of two for one slot exactly one is accepted.",
    ),
    Behaviour(
        "attendant-right-to-book",
        "9",
        "D",
        "Who may book is said by AllBookInPolicy and BookInPolicy, and who may ask by AllRequestInPolicy "
        "and RequestInPolicy; groups stand for their members.",
    ),
    Behaviour(
        "attendant-out-of-policy-requests",
        "9",
        "D",
        "Whom (All)RequestOutOfPolicy names may put a request that breaks the policy to a delegate.",
    ),
    Behaviour(
        "attendant-forwards-to-delegates",
        "9",
        "D K",
        "A request that needs approval goes to the delegates' Inboxes, and their decision is answered in "
        "the room's name.",
    ),
    Behaviour(
        "attendant-delegate-through-graph",
        "9",
        "D K",
        "Accepting or declining the room's own copy through Graph is a delegate's decision, too.",
    ),
    Behaviour(
        "attendant-pending-shown-free",
        "9",
        "D",
        "With TentativePendingApproval off a request that waits for a delegate shows as free; without "
        "ForwardRequestsToDelegates nobody is written to.",
    ),
    Behaviour(
        "attendant-rewrites",
        "9",
        "D K",
        "An accepted meeting loses its subject, body and privacy and gains the organiser's name, by "
        "DeleteSubject, AddOrganizerToSubject, DeleteComments and RemovePrivateProperty; a subject that is "
        "kept follows the name.",
    ),
    Behaviour(
        "attendant-rewrites-later",
        "9",
        "D I",
        "The rewriting comes seconds after the acceptance, as a change of its own.",
    ),
    Behaviour(
        "attendant-settings-count-from-then-on",
        "9",
        "K",
        "Changed settings count for what is processed from then on; older meetings keep their titles until "
        "an update arrives.",
    ),
    Behaviour(
        "attendant-rewrites-updates",
        "9",
        "K",
        "An update that asks nobody anew is rewritten at once, always from the organiser's own words.",
    ),
    Behaviour("attendant-attachments", "9", "D", "DeleteAttachments drops the attachments of an accepted meeting."),
    Behaviour(
        "attendant-additional-response",
        "9",
        "D",
        "AdditionalResponse is added to answers while AddAdditionalResponse is on.",
    ),
    Behaviour(
        "attendant-cancelled-meetings",
        "9",
        "D I",
        "A cancelled meeting stays in the room's calendar as cancelled and free, or is removed with "
        "RemoveCanceledMeetings.",
    ),
    Behaviour(
        "attendant-old-messages",
        "9",
        "D",
        "Answered and outdated requests leave the Inbox unless RemoveOldMeetingMessages is off.",
    ),
    Behaviour(
        "attendant-other-mail",
        "9",
        "D",
        "Mail about no meeting is deleted from a resource's Inbox unless DeleteNonCalendarItems is off.",
    ),
    Behaviour(
        "attendant-forward-notices",
        "9",
        "D",
        "RemoveForwardedMeetingNotifications takes notifications of forwarded meetings out of the Inbox.",
    ),
    Behaviour(
        "attendant-auto-release",
        "9",
        "D K",
        "With EnableAutoRelease a reservation that nobody checks in to in time is given free, and the "
        "organiser is told.",
    ),
    Behaviour(
        "attendant-check-in",
        "9",
        "K",
        "A check-in keeps a reservation; each occurrence of a series is claimed by itself.",
    ),
    Behaviour(
        "attendant-judges-anew",
        "9",
        "D",
        "A change of time, place or pattern is judged anew, and a refusal takes the room's copy away.",
    ),
    Behaviour(
        "attendant-judges-one-date",
        "9",
        "D K",
        "A change to one occurrence is judged by itself, and the series stays whatever the answer.",
    ),
    Behaviour(
        "attendant-ignores-direct-writes",
        "9",
        "I",
        "What is written straight into the room's calendar is neither judged nor rewritten, so it can double-book.",
    ),
    Behaviour(
        "attendant-series-conflicts",
        "9",
        "D",
        "A series with conflicts is declined as a whole where they pass ConflictPercentageAllowed or "
        "MaximumConflictInstances; it is not settled whether one limit suffices.",
        "conflict_limits_either",
    ),
    Behaviour(
        "attendant-pending-answer",
        "9",
        "K",
        "While a delegate has to decide, the organiser gets a tentative answer.",
        "pending_answered",
    ),
)
