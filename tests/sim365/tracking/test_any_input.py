"""Whatever a client sends to subscriptions, batches and delta gets an answer of Graph's own; nothing crashes."""

import string

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company, an_event
from tests.sim365.tracking.bell import Bell, U, asking

A_FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
WINDOW = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
SCALARS = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=40)
)
ANYTHING = some.recursive(
    SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
TIMES = some.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-03-03", "2026-03-03T00:00:00+99:00"])
URLS = some.sampled_from(
    ["https://[", "https://a b/", "https://x.test:0/", "https://\u0000.test/", "HTTPS://BELL.TEST/"]
)


@pytest.fixture(scope="module")
def graph():
    tokens = KnownTokens()
    tokens.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    sim = Simulator(a_company(), seed=5, start=START, identity=tokens, postman=Bell())
    with httpx.Client(transport=SimTransport(sim)) as client:
        graph = Graph(client, sim, {"Authorization": "Bearer good"})
        graph.post(f"{U}/events", an_event())
        yield graph


def holds(graph, answer):
    assert graph.sim.bugs == []
    assert answer.status_code < 500 or answer.status_code in {500, 501}
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert error["code"] not in {"", "sim365Bug"}
        assert error["message"]


@A_FEW
@given(
    changed=some.dictionaries(some.sampled_from(sorted(asking())), ANYTHING | TIMES | URLS, max_size=3),
    resource=some.sampled_from(
        [f"{U}/events", "/", "me/events", "users//events", "/users/x/calendars/y/events", "a?b"]
    ),
)
def test_any_subscription_is_made_or_refused(graph, changed, resource):
    holds(graph, graph("POST", "/subscriptions", asking(resource=resource) | changed))


@A_FEW
@given(body=ANYTHING)
def test_any_renewal_is_carried_out_or_refused(graph, body):
    held = next(iter(graph.sim.notices.subscriptions), None)
    if held is None:
        held = graph.post("/subscriptions", asking())["id"]
    holds(graph, graph("PATCH", f"/subscriptions/{held}", body))


ITEM = some.fixed_dictionaries(
    {},
    optional={
        "id": some.sampled_from(["1", "2", "3"]) | ANYTHING,
        "method": some.sampled_from(["GET", "post", "PATCH", "DELETE"]) | ANYTHING,
        "url": some.sampled_from([f"{U}/events", "users", "/%zz", "//", "?", "/v1.0/users", "$metadata"]) | ANYTHING,
        "headers": some.dictionaries(some.sampled_from(["Content-Type", "Prefer"]), some.text(max_size=20)) | ANYTHING,
        "body": ANYTHING,
        "dependsOn": some.lists(some.sampled_from(["1", "2", "3"]), max_size=3) | ANYTHING,
    },
)


@A_FEW
@given(body=some.fixed_dictionaries({"requests": some.lists(ITEM, max_size=4) | ANYTHING}) | ANYTHING)
def test_any_batch_is_answered(graph, body):
    answer = graph("POST", "/$batch", body)
    holds(graph, answer)
    if answer.status_code == 200:
        for each in answer.json()["responses"]:
            assert each["status"] < 500 or each["status"] == 501


@A_FEW
@given(
    name=some.sampled_from(["$skiptoken", "$deltatoken"]),
    token=some.text(alphabet=string.ascii_letters + string.digits + "-_=%+/ .", max_size=80),
    cut=some.integers(0, 90),
)
def test_any_token_is_followed_or_refused(graph, name, token, cut):
    link = graph.get(f"{U}/calendarView/delta?{WINDOW}")["@odata.deltaLink"]
    holds(graph, graph("GET", f"{U}/calendarView/delta?{name}={token}"))
    holds(graph, graph("GET", link[: len(link) - cut] if cut < 60 else link + token))
    graph.sim.conduct.forget()


@A_FEW
@given(
    start=TIMES | some.text(max_size=12), end=TIMES | some.text(max_size=12),
    option=some.sampled_from(["$top", "$skip", "$select", "$filter", "$orderby", "$count", "$expand", "$search", "$x"]),
    value=some.text(max_size=12),
)  # fmt: skip
def test_any_window_and_option_is_answered(graph, start, end, option, value):
    params = {"startDateTime": start, "endDateTime": end, option: value}
    answer = graph.client.get(
        f"https://graph.microsoft.com/v1.0{U}/calendarView/delta", params=params, headers=graph.headers
    )
    holds(graph, answer)


@A_FEW
@given(raw=some.binary(max_size=60))
@pytest.mark.parametrize("path", ["/subscriptions", "/$batch"])
def test_any_bytes_are_answered(graph, path, raw):
    url = f"https://graph.microsoft.com/v1.0{path}"
    holds(graph, graph.client.post(url, content=raw, headers=graph.headers))


def test_a_giant_batch_is_refused(graph):
    body = msgspec.json.encode({"requests": [{"id": "1", "method": "GET", "url": "/users", "x": "y" * 5_000_000}]})
    answer = graph.client.post("https://graph.microsoft.com/v1.0/$batch", content=body, headers=graph.headers)

    assert answer.status_code == 413
