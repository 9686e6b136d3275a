"""How templates write times and signs: an element that every browser can put into its reader's own language.

The text inside is the plain form for readers without script; `when.js` rewrites it.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from holdfast.web.signs import Sign

register = template.Library()
_PLAIN = {
    "clock": "%H:%M",
    "seconds": "%H:%M:%S",
    "day": "%a %d %b",
    "date": "%A %d %B %Y",
    "both": "%a %d %b, %H:%M",
    "near": "%d %b %H:%M",
}


def _time(moment: datetime | date | None, zone: str, form: str) -> SafeString | str:
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 12, tzinfo=ZoneInfo(zone))
    told = moment.astimezone(ZoneInfo(zone)).strftime(_PLAIN[form])
    return format_html(
        '<time datetime="{}" data-form="{}" data-zone="{}">{}</time>', moment.isoformat(), form, zone, told
    )


@register.filter
def clock(moment: datetime | None, zone: str) -> str:
    return _time(moment, zone, "clock")


@register.filter
def seconds(moment: datetime | None, zone: str) -> str:
    return _time(moment, zone, "seconds")


@register.filter
def day(moment: datetime | date | None, zone: str) -> str:
    return _time(moment, zone, "day")


@register.filter
def both(moment: datetime | None, zone: str) -> str:
    return _time(moment, zone, "both")


@register.filter
def near(moment: datetime | None, zone: str) -> str:
    return _time(moment, zone, "near")


@register.filter
def sentence(sign: Sign, zone: str = "UTC") -> str:
    """A sign's sentence: lead, time, tail."""
    if sign.at is None:
        return sign.lead
    tail = f"{'' if sign.tail.startswith('and') else ','} {sign.tail}" if sign.tail else ""
    return format_html("{} {}{}.", sign.lead, _time(sign.at, zone, "seconds"), tail.rstrip("."))
