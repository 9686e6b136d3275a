"""Working hours, language, formats and zone of a mailbox (FACTS 2.3, 9 ScheduleOnlyDuringWorkHours)."""

from sim365.directory.locales import known_locale
from sim365.directory.zone_names import windows_zones
from sim365.powershell.binding import Parameter, Takes
from sim365.powershell.cmdlets import IDENTITY, Call, Cmdlet, texts
from sim365.powershell.errors import wrong_value
from sim365.powershell.records import Record
from sim365.zones import is_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPANS = {"weekdays": DAYS[:5], "weekenddays": DAYS[5:], "alldays": DAYS, "none": ()}


def cmdlets() -> tuple[Cmdlet, ...]:
    """Calendar and regional configuration."""
    return (
        Cmdlet("Get-MailboxCalendarConfiguration", get_calendar, (IDENTITY,), changes=False),
        Cmdlet(
            "Set-MailboxCalendarConfiguration",
            set_calendar,
            (
                IDENTITY,
                texts("WorkDays"),
                Parameter("WorkingHoursStartTime", Takes.CLOCK),
                Parameter("WorkingHoursEndTime", Takes.CLOCK),
                Parameter("WorkingHoursTimeZone"),
            ),
        ),
        Cmdlet("Get-MailboxRegionalConfiguration", get_regional, (IDENTITY,), changes=False),
        Cmdlet(
            "Set-MailboxRegionalConfiguration",
            set_regional,
            (
                IDENTITY,
                Parameter("Language"),
                Parameter("DateFormat"),
                Parameter("TimeFormat"),
                Parameter("TimeZone"),
                Parameter("LocalizeDefaultFolderName", Takes.SWITCH),
            ),
        ),
    )


def get_calendar(call: Call) -> list[Record]:
    """The working hours."""
    mailbox = call.office.mailbox(call.identity)
    opens, closes = mailbox.working_hours
    properties = {
        "Identity": mailbox.display_name,
        "WorkDays": ", ".join(day.title() for day in mailbox.working_days) or "None",
        "WorkingHoursStartTime": f"{opens[:5]}:00",
        "WorkingHoursEndTime": f"{closes[:5]}:00",
        "WorkingHoursTimeZone": mailbox.hours_zone or mailbox.time_zone,
    }
    return [Record("MailboxCalendarConfiguration", mailbox.address, properties)]


def set_calendar(call: Call) -> list[Record]:
    """Change the working hours."""
    mailbox, bound = call.office.mailbox(call.identity), call.bound
    if "WorkDays" in bound:
        mailbox.working_days = _days(bound.texts("WorkDays", mailbox.working_days))
    opens, closes = mailbox.working_hours
    opens = bound.text("WorkingHoursStartTime") or opens
    closes = bound.text("WorkingHoursEndTime") or closes
    if opens >= closes:
        raise wrong_value(
            "WorkingHoursEndTime", f"Working hours end at {closes[:5]}, before they begin at {opens[:5]}."
        )
    mailbox.working_hours = (opens, closes)
    if "WorkingHoursTimeZone" in bound:
        mailbox.hours_zone = _zone("WorkingHoursTimeZone", bound.text("WorkingHoursTimeZone"))
    return []


def get_regional(call: Call) -> list[Record]:
    """Language, formats and zone."""
    mailbox = call.office.mailbox(call.identity)
    properties = {
        "Identity": mailbox.display_name,
        "Language": mailbox.locale,
        "DateFormat": mailbox.date_format,
        "TimeFormat": mailbox.time_format,
        "TimeZone": mailbox.time_zone,
    }
    return [Record("MailboxRegionalConfiguration", mailbox.address, properties)]


def set_regional(call: Call) -> list[Record]:
    """Change language, formats and zone."""
    mailbox, bound = call.office.mailbox(call.identity), call.bound
    if "Language" in bound:
        locale = known_locale(bound.text("Language"))
        if locale is None:
            raise wrong_value("Language", f"'{bound.text('Language')}' is no culture, such as en-GB.")
        mailbox.locale = locale
    if "TimeZone" in bound:
        mailbox.time_zone = _zone("TimeZone", bound.text("TimeZone"))
    mailbox.date_format = bound.text("DateFormat") or mailbox.date_format
    mailbox.time_format = bound.text("TimeFormat") or mailbox.time_format
    return []


def _days(names: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for name in (part.strip().lower() for text in names for part in text.split(",")):
        if name not in DAYS and name not in _SPANS:
            allowed = ", ".join(("Weekdays", "WeekEndDays", "AllDays", "None", *(day.title() for day in DAYS)))
            raise wrong_value("WorkDays", f"'{name}' is none of {allowed}.")
        found.extend(_SPANS.get(name, (name,)))
    return tuple(day for day in DAYS if day in found)


def _zone(parameter: str, name: str) -> str:
    if not is_zone(name):
        example = next(iter(windows_zones()), ("UTC",))[0]
        raise wrong_value(parameter, f"'{name}' is no time zone. Write a Windows name such as {example}.")
    return name
