"""What Outlook offers a user to choose from: time zones by either name, and languages (FACTS 3.12)."""

from sim365.directory.locales import LANGUAGES
from sim365.directory.zone_names import iana_zones, windows_zones
from sim365.errors import bad_request
from sim365.http.odata import page_of, read_arguments, read_options
from sim365.http.requests import Answer
from sim365.http.routing import Call, Reach, Route, Routes

ROLES = ("User.Read", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All")
PAGE = 1000
"""The documented answers hold all of them at once."""


def bind(routes: Routes) -> None:
    """`/users/{u}/outlook/supportedTimeZones` in both forms, `/supportedLanguages`."""
    base = "users/{user}/outlook"
    zones = Route("supportedTimeZones", supported_zones, ROLES, reach=Reach.OWNER)
    routes.add("GET", f"{base}/supportedTimeZones", zones)
    routes.add("GET", f"{base}/supportedTimeZones/{{arguments}}", zones)
    languages = Route("supportedLanguages", supported_languages, ROLES, reach=Reach.OWNER)
    routes.add("GET", f"{base}/supportedLanguages", languages)


def supported_zones(call: Call) -> Answer:
    """Windows names; IANA names where the argument asks for them."""
    standard = read_arguments(call.params.get("arguments", "")).get("timezonestandard", "windows").lower()
    if standard not in {"windows", "iana"}:
        raise bad_request(f"The value '{standard}' is no member of 'microsoft.graph.timeZoneStandard'.")
    zones = iana_zones() if standard == "iana" else windows_zones()
    shown = [{"alias": alias, "displayName": name} for alias, name in zones]
    options = read_options(call.request, top=PAGE)
    return Answer(200, page_of(call.request, shown, options, context="Collection(microsoft.graph.timeZoneInformation)"))


def supported_languages(call: Call) -> Answer:
    """Locales with their names."""
    shown = [{"locale": locale, "displayName": name} for locale, name in LANGUAGES.items()]
    options = read_options(call.request, top=PAGE)
    return Answer(200, page_of(call.request, shown, options, context="Collection(microsoft.graph.localeInfo)"))
