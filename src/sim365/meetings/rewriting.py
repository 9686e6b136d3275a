"""What the attendant makes of a meeting's title, body, privacy and attachments (FACTS 9, 9.2).

Pure, and always from the organiser's own words: rewriting twice would name the organiser twice.
"""

from typing import Any

from sim365.state import CalendarProcessing, Event

SUBJECT_MAX = 255


def rewritten(source: Event, processing: CalendarProcessing, *, organizer: str) -> dict[str, Any]:
    """The fields of a resource's copy that differ from what the organiser wrote."""
    fields: dict[str, Any] = {}
    if processing.remove_private_property and source.sensitivity == "private":
        fields["sensitivity"] = "normal"
    if processing.automate_processing != "AutoAccept":
        return fields
    subject = _subject(source.subject, processing, organizer)
    if subject != source.subject:
        fields["subject"] = subject
    if processing.delete_comments and source.body:
        fields |= {"body": "", "unsafe_body": ""}
    if processing.delete_attachments and source.attachments:
        fields["attachments"] = ()
    return fields


def _subject(subject: str, processing: CalendarProcessing, organizer: str) -> str:
    kept = "" if processing.delete_subject else subject
    if processing.add_organizer_to_subject:
        kept = f"{organizer} {kept}"
    return kept.strip()[:SUBJECT_MAX]
