"""What a fuzzer throws at sim365: values made from Microsoft's types and beside them, odd texts, options, headers.

`SIM365_FUZZ_EXAMPLES` says how many examples each law gets; the suite is content with few.
"""

import os
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sim365.conformity.schema import Use, schema
from sim365.http.requests import Answer, Outcome, Request
from sim365.simulator import Simulator
from sim365.state import Principal
from tests.sim365.core.harbour import APP, START, TENANT, KnownTokens, a_company, an_event

EXAMPLES = int(os.environ.get("SIM365_FUZZ_EXAMPLES", "20"))
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW")
SCOPES = frozenset(
    f"{name}.{kind}"
    for name in ("Calendars", "MailboxSettings", "User", "Place")
    for kind in ("Read", "ReadWrite", "Read.All", "ReadWrite.All", "Read.Shared", "ReadWrite.Shared")
)  # fmt: skip

odd_texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "", " ", "\x00", "\ud7ff", "🚢" * 90, "é" * 300, "a\r\nb: c", "'", "''", "%", "%zz", "{}", "$count", "null",
            "A" * 5000, "2026-03-02T09:00:00", "2026-02-30T09:00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00",
            "Europe/Sofia", "FLE Standard Time", "Mars/Olympus", "UTC+99", "tzone://Microsoft/Custom", "../../etc",
            "AAMkAA==", "-1", "1e400", "∞", "ᴬ", "\u202egnirts", "<script>", "busy", "Weekly", "noEnd",
        ]
    ),
)  # fmt: skip
odd_numbers = st.one_of(
    st.integers(-5, 40), st.sampled_from([2**31, -(2**31) - 1, 2**63, 10**30]), st.floats(allow_nan=False, width=32)
)  # fmt: skip
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), odd_numbers, odd_texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(odd_texts, inner, max_size=3)),
    max_leaves=6,
)

_MOMENTS = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.dates().map(lambda day: day.isoformat()),
    st.sampled_from(["2026-03-02T09:00:00", "2026-03-02T10:00:00", "2026-03-02T09:00:00Z", "2026-03-09"]),
)
_PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "String": st.one_of(odd_texts, _MOMENTS),
    "Boolean": st.booleans(),
    "Int32": odd_numbers,
    "Int64": odd_numbers,
    "Double": odd_numbers,
    "DateTimeOffset": _MOMENTS,
    "Date": _MOMENTS,
    "TimeOfDay": st.one_of(st.times().map(str), st.just("25:00:00")),
    "Duration": st.sampled_from(["PT1H", "PT0S", "-PT1H", "P9999D", "P", "1 hour"]),
    "Guid": st.one_of(st.uuids().map(str), odd_texts),
    "Binary": st.one_of(st.binary(max_size=30).map(lambda raw: raw.hex()), st.just("aGk=")),
    "any": json_values,
}
DEPTH_MAX = 3
PROPERTIES_MAX = 6
_STRANGERS = st.one_of(odd_texts, st.sampled_from(["@odata.type", "@odata.etag", "x@odata.type", "toString"]))


@st.composite
def values_of(draw: st.DrawFn, use: Use, depth: int = 0) -> Any:
    """A value of a type, mostly; now and then null, or one of any other."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return None
    if kind == 1:
        return draw(json_values)
    one = _single(use.type, depth)
    return draw(st.lists(one, max_size=3)) if use.is_many else draw(one)


@st.composite
def bodies_of(draw: st.DrawFn, name: str, depth: int = 0) -> dict[str, Any]:
    """A body for a type: some of its properties, and perhaps one that it does not have."""
    known = schema()
    uses = {**known.properties(name), **known.navigations(name)}
    chosen = draw(st.lists(st.sampled_from(sorted(uses)), max_size=PROPERTIES_MAX, unique=True)) if uses else []
    body = {key: draw(values_of(uses[key], depth + 1)) for key in chosen}
    if draw(st.integers(0, 5)) == 0:
        body[draw(_STRANGERS)] = draw(json_values)
    return body


def _single(name: str, depth: int) -> st.SearchStrategy[Any]:
    known = schema()
    if name in _PRIMITIVES:
        return _PRIMITIVES[name]
    if name in known.enumerations:
        return st.one_of(st.sampled_from(sorted(known.enumerations[name].members)), odd_texts)
    return json_values if depth > DEPTH_MAX else bodies_of(name, depth)


queries = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(
                [
                    "$top", "$skip", "$select", "$filter", "$orderby", "$count", "$expand", "$search", "$skiptoken",
                    "$deltatoken", "$format", "$apply", "$compute", "startDateTime", "endDateTime", "$TOP", "top",
                ]
            ),
            odd_texts,
        ),
        st.one_of(
            odd_texts,
            odd_numbers.map(str),
            _MOMENTS,
            st.sampled_from(
                [
                    "subject", "subject,id", "*", "start/dateTime desc", "subject eq 'Tides'", "subject eq", "((((", "not",
                    "contains(subject,'a')", "singleValueExtendedProperties", "attachments,extensions", "instances",
                    "singleValueExtendedProperties($filter=id eq 'String {00000000-0000-0000-0000-000000000000} Name a')",
                    "singleValueExtendedProperties/any(e:e/id eq 'x' and e/value eq 'y')", "exceptionOccurrences",
                    "start/dateTime ge '2026-03-01T00:00:00Z' and (isAllDay eq true or not (type eq 'occurrence'))",
                    "(" * 500 + "subject eq 'a'" + ")" * 500, "not " * 500 + "subject eq 'a'", "true", "extensions($top=1)",
                    "startswith(displayName,'a')", '"displayName:a"', '"displayName:a" OR "mail:b"', "calendar($select=name)",
                ]
            ),
        ),
    ),
    max_size=4,
)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(
        [
            "prefer", "if-match", "if-none-match", "consistencylevel", "accept", "content-type", "client-request-id",
            "accept-language", "range", "content-encoding", "transfer-encoding", "expect", "x-http-method-override",
        ]
    ),
    st.one_of(
        odd_texts,
        st.sampled_from(
            [
                "*", 'W/"x"', '"', "outlook.timezone", 'outlook.timezone="', 'outlook.timezone="Mars"', "IdType",
                'IdType="ImmutableId"', "odata.maxpagesize=0", "odata.maxpagesize=99999999999", "odata.maxpagesize",
                "outlook.body-content-type=html", "outlook.allow-unsafe-html", "eventual", "text/plain", ", ,;=,",
            ]
        ),
    ),
    max_size=3,
)  # fmt: skip


class Sea:
    """A small company with something in each calendar, and a way to throw requests at it."""

    def __init__(self) -> None:
        self.tokens = KnownTokens()
        self.sim = Simulator(a_company(), seed=5, start=START, identity=self.tokens, check_types=True)
        ada = self.sim.person("ada@harbour.test")
        self.tokens.issue("good", Principal(TENANT, APP, SCOPES, "sp-1"))
        self.tokens.issue("ada", Principal(TENANT, APP, oid="sp-1", scopes=SCOPES, user_oid=ada.mailbox.oid))
        weekly = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
        span = {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 5}
        guest = {"emailAddress": {"address": "aquarium@harbour.test"}, "type": "resource"}
        self.event = self._made("events", an_event("Tides", attendees=[guest]))
        self.series = self._made("events", an_event("Round", recurrence={"pattern": weekly, "range": span}))
        self.calendar = self._made("calendars", {"name": "Boats"})

    def throw(self, method: str, path: str, **parts: Any) -> Outcome:
        """One request; what it must not do is seen in `answered`."""
        headers = {"authorization": parts.pop("token", "Bearer good"), **parts.pop("headers", {})}
        return self.sim.exchange(Request(method, path, headers=headers, **parts))

    def answered(self, outcome: Outcome) -> Answer:
        """The answer, which is Graph's own and no failure of the simulator's."""
        assert isinstance(outcome, Answer)
        outcome.content()
        assert self.sim.bugs == []
        return outcome

    def _made(self, kind: str, body: dict[str, Any]) -> str:
        outcome = self.throw("POST", f"/v1.0/users/ada@harbour.test/{kind}", body=msgspec.json.encode(body))
        answer = self.answered(outcome)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])


def known_ids(sea: Sea) -> dict[str, str]:
    """For parameters of paths, by name; others get an odd text."""
    return {
        "user": "ada@harbour.test",
        "event": sea.event,
        "calendar": sea.calendar,
        "place": "aquarium@harbour.test",
        "list": "rooms@harbour.test",
    }
