"""What is modelled of single events, their series and what hangs on them (FACTS 0, 3.2 to 3.13)."""

from sim365.modelled import Behaviour, Gap

_EVENTS = (
    Behaviour(
        "wrong-bodies-by-code",
        "0.2",
        "D21 I K",
        "A body that does not fit the types is refused as RequestBodyRead, a value out of bounds as "
        "ErrorPropertyValidationFailure, an unknown zone as TimeZoneNotSupportedException.",
    ),
    Behaviour("event-defaults", "3.2", "C D21", "What a create leaves out has the documented default."),
    Behaviour("null-resets", "3.2", "C", "Null gives a nullable property its default back."),
    Behaviour(
        "read-only-ignored", "3.2", "D21", "Properties that only the service writes are taken in a body and ignored."
    ),
    Behaviour(
        "attendees-limit",
        "3.2",
        "D21 I",
        "An event takes 500 attendees; a maintainer later named 5000.",
        "attendees_max",
    ),
    Behaviour(
        "location-and-locations",
        "3.2",
        "D21",
        "location echoes the first of locations; written alone it replaces them all.",
        "locations_joined",
    ),
    Behaviour("hidden-attendees", "3.2", "D21", "Attendees of a meeting that hides them see only themselves."),
    Behaviour("all-day-reminder", "3.2", "I", "A new all-day event reminds 1080 minutes before unless told otherwise."),
    Behaviour(
        "body-is-a-document",
        "3.2",
        "D21",
        "A body is read back as a whole HTML document, without what could run in it.",
    ),
    Behaviour("unsafe-html", "0.1", "K", "outlook.allow-unsafe-html shows a body as it was written."),
    Behaviour(
        "text-bodies",
        "0.1",
        "D21",
        "outlook.body-content-type gives one event, and views, as text; lists of events come as HTML.",
        "list_bodies_html",
    ),
    Behaviour("draft-meetings", "3.2", "D21", "A meeting that was saved and not sent is a draft; nobody was invited."),
    Behaviour(
        "invitations-held-back",
        "11",
        "I",
        "Some apps' meetings were seen to stay drafts.",
        "invitations_held_back",
    ),
    Behaviour(
        "rapid-twins",
        "11",
        "I",
        "Equal creates in quick succession were seen to be answered with one id.",
        "rapid_twins_share_id",
    ),
    Behaviour(
        "deleted-items",
        "3.3",
        "D",
        "A deleted event lies in Deleted Items, from where a person can bring it back; permanentDelete leaves nothing.",
    ),
    Behaviour("event-calendar", "3.2", "C", "The calendar that holds an event is read below it or expanded."),
)

_ACTIONS = (
    Behaviour(
        "new-time-proposals",
        "3.3",
        "D21",
        "Another time can be proposed when declining or tentatively accepting, where the organiser allows it and the "
        "answer is sent; it shows on the organiser's attendee.",
    ),
    Behaviour(
        "organizer-errors",
        "3.3",
        "I K",
        "Only an attendee answers and only the organiser cancels; by which code others are refused is not established.",
        "organizer_errors_by_name",
    ),
    Behaviour(
        "forwarding",
        "3.3",
        "D21",
        "Forwarding invites in the organiser's name; the organiser's list grows when the notice arrives.",
    ),
    Behaviour(
        "reminder-view-default-span",
        "3.3",
        "K",
        "reminderView without an end looks a year ahead.",
    ),
    Behaviour(
        "reminder-actions",
        "3.3",
        "D21",
        "A reminder can be put off to another time and dismissed; of a series only as far as it has come.",
        "reminder_actions_accepted",
    ),
    Behaviour(
        "action-parameters-any-case", "0", "C K", "Parameters of actions are taken in either case, at every depth."
    ),
)

_SERIES = (
    Behaviour(
        "interval-limits",
        "3.6",
        "D21 K",
        "An interval is at most 999 days, 99 weeks or months, and one year.",
        "strict_intervals",
    ),
    Behaviour("occurrence-limit", "3.6", "I", "A series that ends has at most 999 occurrences; one without end any."),
    Behaviour(
        "irrelevant-pattern-fields",
        "3.6",
        "D21",
        "Fields a pattern does not use are validated and read back as fillers.",
    ),
    Behaviour(
        "first-occurrence-moves", "3.6", "D21 I", "A start that does not fit the pattern moves to the next that does."
    ),
    Behaviour("last-day-fallback", "3.6", "K", "The 31st falls on the last day of a shorter month."),
    Behaviour(
        "series-wall-clock", "3.12", "D21", "A series keeps its wall-clock time in its own zone across clock changes."
    ),
    Behaviour(
        "restored-event-id",
        "3.9",
        "D21 K",
        "An event that comes back from Deleted Items has a new ordinary id; its immutable id stays.",
        "restored_keeps_id",
    ),
    Behaviour(
        "legacy-zones",
        "3.6",
        "I",
        "Old items read an empty recurrenceTimeZone or 'Customized Time Zone', and original zones that nobody knows.",
    ),
    Behaviour(
        "list-shows-masters",
        "3.7",
        "D I",
        "Lists show single events and masters; some have seen exceptions beside them.",
        "exceptions_in_list",
    ),
    Behaviour(
        "view-filters-instances", "3.7", "D21", "A view filters and sorts occurrences by their own times and types."
    ),
    Behaviour("view-span-limit", "3.7", "I", "A view spans at most 1825 days."),
    Behaviour(
        "view-without-stamps",
        "3.2",
        "D21",
        "On calendarView, createdDateTime and lastModifiedDateTime come without $select only.",
        "view_selects_stamps",
    ),
    Behaviour("occurrence-patched", "3.7", "K", "A changed occurrence is an exception with the same id."),
    Behaviour(
        "occurrence-deleted", "3.7", "C K", "A deleted occurrence remains only in its master's cancelledOccurrences."
    ),
    Behaviour(
        "occurrence-crossing",
        "3.7",
        "D21",
        "An occurrence cannot move onto or past the day of its neighbour.",
    ),
    Behaviour(
        "master-change-drops-exceptions",
        "3.7",
        "K",
        "A new time or pattern of a series drops its exceptions and deletions; other changes keep them.",
        "master_change_keeps_exceptions",
    ),
    Behaviour(
        "original-start",
        "3.7",
        "D21 I",
        "originalStart is the instant the pattern gave, of all-day series midnight of the recurrence zone.",
        "original_start_with_offset",
    ),
    Behaviour(
        "recurrence-null-on-occurrence",
        "3.2",
        "C",
        "An occurrence reads recurrence null, and takes null back unchanged.",
    ),
)

_IDENTITY = (
    Behaviour("ids-case-sensitive", "0", "D K", "Ids are opaque, and another case is another id."),
    Behaviour(
        "immutable-ids", "3.9", "D21", "ImmutableId gives ids that survive a move, of occurrences and attachments, too."
    ),
    Behaviour("ical-uid-format", "3.8", "K", "iCalUId is a GlobalObjectId: constant, date, time of creation, GUID."),
    Behaviour(
        "ical-uid-per-occurrence",
        "3.8",
        "D I",
        "The value of an occurrence is its master's; the documentation gives each its own.",
        "uid_per_occurrence",
    ),
    Behaviour("ical-uid-null", "3.8", "I", "Malformed old items have no iCalUId."),
    Behaviour("etag-with-select", "3.4", "K", "The etag comes with every answer, whatever is selected."),
    Behaviour("if-match", "3.4", "I", "A stale If-Match answers 412 ErrorIrresolvableConflict and changes nothing."),
)

_BESIDE = (
    Behaviour("attachments", "3.3", "D21", "Files below 3 MB, items and links are listed, added, read and removed."),
    Behaviour(
        "upload-session",
        "3.3",
        "D21",
        "A file of 3 to 150 MB comes in ranges, without a token, to a URL of its session's own; the last one answers "
        "201.",
    ),
    Behaviour(
        "upload-session-refusals",
        "3.3",
        "K",
        "A session ends after an hour; a range that is not the next one is refused with 416, one that does not fit "
        "with 400, a file below 3 MB at once.",
    ),
    Behaviour("attachment-value", "3.3", "D21", "$value gives the bytes of a file."),
    Behaviour("extension-names", "3.10", "D21", "An open extension is found by its name and by its prefixed id."),
    Behaviour(
        "extension-presence-filter", "3.10", "D21", "A filter asks whether an extension is there, never what it says."
    ),
    Behaviour(
        "extensions-per-copy", "3.10", "D21", "Extensions and extended properties stay in the mailbox that wrote them."
    ),
    Behaviour(
        "extensions-inherited",
        "3.10",
        "K",
        "Occurrences inherit what hangs on their master; exceptions keep their own.",
    ),
    Behaviour(
        "extended-properties-hidden",
        "3.10",
        "D21",
        "Extended properties are shown by $expand with a filter on id only.",
    ),
    Behaviour(
        "extended-property-filter", "3.10", "D21", "Single values are filtered by name and by value of their type."
    ),
    Behaviour("multi-value-not-filtered", "3.10", "D21", "Multi-value properties cannot be filtered."),
    Behaviour(
        "extension-filter-on-view",
        "3.10",
        "I",
        "Filtering a view by extended property or extension fails; some have seen it work.",
        "extension_filter_on_view",
    ),
    Behaviour(
        "writes-beside-change-the-key", "3.10", "D21", "Writing an extension or attachment changes the event's key."
    ),
    Behaviour("read-basic", "1.9", "P", "A token for the basics sees no body, attachments or extensions."),
)

_ZONES = (
    Behaviour("zones-by-both-names", "3.12", "D21 K", "Zones are taken by Windows and IANA names and shown as asked."),
    Behaviour(
        "offset-in-datetime",
        "3.12",
        "K",
        "An offset inside dateTime beside another zone names the instant, or is passed over.",
        "offset_in_datetime_counts",
    ),
    Behaviour(
        "unknown-preferred-zone",
        "0.1",
        "K",
        "A zone in Prefer that nobody knows is passed over, or refused.",
        "unknown_preferred_zone_refused",
    ),
    Behaviour(
        "all-day-midnight", "3.12", "I", "An all-day event reads midnight in every zone; windows use its instant."
    ),
)

_ONLINE = (
    Behaviour(
        "online-meeting-block", "3.13", "I", "An online meeting lives in its body, and ends when that loses the block."
    ),
    Behaviour("online-meeting-stays", "3.13", "I", "A meeting cannot be taken offline, nor given another provider."),
    Behaviour(
        "online-meeting-toggles", "3.13", "I", "The same PATCH of body and flag again and again turns it on and off."
    ),
    Behaviour(
        "online-provider-allowed",
        "3.13",
        "K",
        "Only a provider that the calendar allows hosts a meeting.",
        "online_provider_refused",
    ),
    Behaviour("join-url-late", "3.13", "K", "The answer to a create may lack the join link.", "join_url_late"),
)

_TRANSACTIONS = (
    Behaviour("transaction-repeats", "3.5", "I", "The same create under the same transactionId makes nothing new."),
    Behaviour(
        "transaction-of-another",
        "3.5",
        "I",
        "Other content under a used transactionId answers ErrorDuplicateTransactionId.",
    ),
    Behaviour(
        "transaction-survives-deletion",
        "3.5",
        "K",
        "A transactionId stays used after its event was deleted.",
        "transaction_survives_deletion",
    ),
    Behaviour("transaction-filter", "0.2", "K", "Filtering by transactionId is not documented.", "transaction_filter"),
)

BEHAVIOURS: tuple[Behaviour, ...] = (
    *_EVENTS,
    *_ACTIONS,
    *_SERIES,
    *_IDENTITY,
    *_BESIDE,
    *_ZONES,
    *_ONLINE,
    *_TRANSACTIONS,
)

GAPS: tuple[Gap, ...] = (
    Gap("the raw content of attached items"),
    Gap("attached contacts"),
)
