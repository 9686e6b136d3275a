"""The window of calendarView, instances and delta: which ones are allowed (FACTS 3.7)."""

from datetime import datetime, timedelta

from sim365.calendars.series import VIEW_DAYS_MAX
from sim365.errors import GraphError, bad_request, invalid_request
from sim365.http.odata import Options
from sim365.zones import query_instant


def read_span(options: Options) -> tuple[datetime, datetime]:
    """`startDateTime` and `endDateTime`, both required, in order, not too far apart."""
    start, end = _read(options, "startDateTime"), _read(options, "endDateTime")
    if end < start:
        text = "The 'endDateTime' must not lie before the 'startDateTime'."
        raise GraphError(400, "ErrorInvalidParameter", text)
    if end - start > timedelta(days=VIEW_DAYS_MAX):
        text = (
            "Your request can't be completed. The range between the start and end dates is greater than the allowed "
            f"range. Maximum number of days: {VIEW_DAYS_MAX}"
        )
        raise invalid_request(text)
    return start, end


def _read(options: Options, name: str) -> datetime:
    text = options.plain.get(name.lower())
    if text is None:
        message = (
            "This request requires a time window specified by the query string parameters StartDateTime and "
            "EndDateTime."
        )
        raise GraphError(400, "ErrorInvalidParameter", message)
    moment = query_instant(text)
    if moment is None:
        raise bad_request(f"The value '{text}' of parameter '{name}' is invalid.")
    return moment
