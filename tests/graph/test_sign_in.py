"""Where tokens come from, how long they are kept, and that secrets stay where they are."""

import json
import threading
from urllib.parse import parse_qs

import httpx
import pytest

from holdfast.graph import errors, events, limits
from holdfast.graph.sign_in import ClientSecretSignIn
from holdfast.graph.tokens import KeptToken, Token
from holdfast.graph.wire import EventId
from tests.graph.conversation import Microsoft, StillClock, event, line_to, refuses, says

LOGIN = "https://login.sim.example"
SECRET = "p4ss-of-the-harbour"


def discovery(token_endpoint: str = f"{LOGIN}/tenant-1/oauth2/v2.0/token") -> httpx.Response:
    return says(
        200,
        {
            "authorization_endpoint": f"{LOGIN}/tenant-1/oauth2/v2.0/authorize",
            "token_endpoint": token_endpoint,
            "issuer": f"{LOGIN}/tenant-1/v2.0",
        },
    )


def grant(token: str = "token-1", expires_in: object = 3599) -> httpx.Response:
    return says(200, {"token_type": "Bearer", "access_token": token, "expires_in": expires_in})


def sign_in_at(platform: httpx.BaseTransport, clock: StillClock, authority: str = LOGIN) -> ClientSecretSignIn:
    return ClientSecretSignIn(
        platform, tenant="tenant-1", client_id="app-1", secret=SECRET, clock=clock, authority=authority
    )


def kept_from(platform: httpx.BaseTransport, clock: StillClock) -> KeptToken:
    return KeptToken(sign_in_at(platform, clock), clock=clock)


def test_an_application_signs_in_with_its_secret():
    platform = Microsoft(discovery(), grant())

    token = kept_from(platform, StillClock()).token()

    form = parse_qs(platform.asked[1].content.decode())
    assert token == "token-1"
    assert platform.paths == ["/tenant-1/v2.0/.well-known/openid-configuration", "/tenant-1/oauth2/v2.0/token"]
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["https://graph.microsoft.com/.default"]
    assert form["client_secret"] == [SECRET]


def test_microsofts_own_authority_needs_no_other_host():
    login = "https://login.microsoftonline.com"
    document = says(
        200,
        {"authorization_endpoint": f"{login}/t/a", "token_endpoint": f"{login}/t/oauth2/v2.0/token", "issuer": login},
    )
    platform = Microsoft(document, grant())
    clock = StillClock()

    assert sign_in_at(platform, clock, authority=login)().text == "token-1"
    assert {request.url.host for request in platform.asked} == {"login.microsoftonline.com"}


def test_a_token_is_kept_until_five_minutes_before_its_end():
    clock = StillClock()
    kept = kept_from(Microsoft(discovery(), grant("first"), grant("second")), clock)

    assert kept.token() == "first"
    clock.pass_(3599 - limits.TOKEN_EARLY_S - 1)
    assert kept.token() == "first"
    clock.pass_(1)
    assert kept.token() == "second"


def test_a_short_lived_token_is_used_for_half_its_life():
    clock = StillClock()
    kept = KeptToken(iter([Token("first", 100), Token("second", 100)]).__next__, clock=clock)

    assert kept.token() == "first"
    clock.pass_(49)
    assert kept.token() == "first"
    clock.pass_(1)
    assert kept.token() == "second"


def test_an_absurd_life_is_not_believed():
    clock = StillClock()
    kept = KeptToken(iter([Token("first", 1e12), Token("second", 100)]).__next__, clock=clock)

    kept.token()
    clock.pass_(limits.TOKEN_LIFE_S_MAX)

    assert kept.token() == "second"


def test_many_threads_cause_one_sign_in():
    clock = StillClock()
    release, calls = threading.Event(), []

    def slow() -> Token:
        calls.append(1)
        release.wait(10)
        return Token("first", 3600)

    waiting = threading.Semaphore(0)

    def wait(changed: threading.Condition, _seconds: float) -> None:
        waiting.release()
        changed.wait(10)

    kept = KeptToken(slow, clock=clock, wait=wait)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(kept.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(7):
        assert waiting.acquire(timeout=10)
    release.set()
    for thread in threads:
        thread.join(10)

    assert got == ["first"] * 8
    assert len(calls) == 1


def test_a_refused_token_is_replaced_and_only_once_for_all():
    """Several requests are refused with the same old token: the first fetches, the others take what it brought."""
    kept = KeptToken(iter([Token("first", 3600), Token("second", 3600)]).__next__, clock=StillClock())

    assert kept.token() == "first"
    assert kept.renewed(refused="first") == "second"
    assert kept.renewed(refused="first") == "second"
    assert kept.token() == "second"


def test_a_fresh_token_that_is_refused_too_does_not_start_a_storm():
    clock = StillClock()
    kept = KeptToken(iter([Token("first", 3600), Token("second", 3600), Token("third", 3600)]).__next__, clock=clock)
    kept.token()
    kept.renewed(refused="first")

    assert kept.renewed(refused="second") == "second"
    clock.pass_(limits.SIGN_IN_PAUSE_S)
    assert kept.renewed(refused="second") == "third"


def test_a_request_with_an_expired_token_succeeds_with_the_next():
    clock = StillClock()
    kept = kept_from(Microsoft(discovery(), grant("first"), grant("second")), clock)
    graph = Microsoft(refuses(401, "InvalidAuthenticationToken"), says(200, event()))

    events.get(line_to(graph, clock=clock, tokens=kept), EventId("e1"), calendar=None)

    assert [request.headers["Authorization"] for request in graph.asked] == ["Bearer first", "Bearer second"]


@pytest.mark.museum("Z-A02")
def test_a_wrong_secret_is_a_lasting_refusal_that_names_microsofts_number():
    """Z-A02: a sign-in that stops must be said, with what to look up."""
    refusal = says(
        401,
        {
            "error": "invalid_client",
            "error_description": "AADSTS7000215: Invalid client secret provided.",
            "error_codes": [7000215],
        },
    )
    with pytest.raises(errors.SignInRefused, match="AADSTS7000215") as caught:
        kept_from(Microsoft(discovery(), refusal), StillClock()).token()

    assert caught.value.numbers == (7000215,)
    assert SECRET not in str(caught.value) + repr(caught.value)


def test_a_failed_sign_in_is_remembered_for_a_while():
    clock = StillClock()
    refusal = says(401, {"error": "invalid_client", "error_codes": [7000215]})
    platform = Microsoft(discovery(), refusal, grant())
    kept = kept_from(platform, clock)

    for _ in range(5):
        with pytest.raises(errors.SignInRefused):
            kept.token()
    asked = len(platform.asked)
    clock.pass_(limits.SIGN_IN_PAUSE_S)

    assert asked == 2
    assert kept.token() == "token-1"


def test_a_busy_platform_is_left_alone_as_long_as_it_says():
    clock = StillClock()
    platform = Microsoft(discovery(), says(429, {"error": "temporarily_unavailable"}, retry_after="60"), grant())
    kept = kept_from(platform, clock)

    with pytest.raises(errors.SignInUnavailable):
        kept.token()
    clock.pass_(59)
    with pytest.raises(errors.SignInUnavailable):
        kept.token()
    clock.pass_(1)

    assert kept.token() == "token-1"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        says(503, b"<html>busy</html>"),
        says(500, {"error": "server_error"}),
        says(200, b'{"access_token": "tok'),
        says(200, {"token_type": "Bearer"}),
        says(200, {"access_token": "x", "expires_in": -1}),
        says(200, {"access_token": ["x"], "expires_in": 3599}),
    ],
)
def test_a_platform_in_trouble_is_unavailable_and_the_next_try_works(trouble, caplog):
    clock = StillClock()
    caplog.set_level("DEBUG")
    kept = kept_from(Microsoft(discovery(), trouble, grant()), clock)

    with pytest.raises(errors.GraphError) as caught:
        kept.token()
    clock.pass_(limits.SIGN_IN_PAUSE_S)

    assert isinstance(caught.value, (errors.SignInUnavailable, errors.SignInRefused))
    assert kept.token() == "token-1"
    assert "tok" not in caplog.text.replace("token", "")
    assert SECRET not in caplog.text


def test_an_unknown_tenant_is_a_refusal():
    unknown = says(400, {"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found."})
    with pytest.raises(errors.SignInRefused):
        kept_from(Microsoft(unknown), StillClock()).token()


def test_the_secret_is_not_sent_where_the_discovery_document_points():
    platform = Microsoft(discovery("https://evil.example/token"))
    with pytest.raises(errors.SignInUnavailable, match="another host"):
        kept_from(platform, StillClock()).token()

    assert len(platform.asked) == 1


def test_a_redirect_of_the_platform_is_not_followed():
    platform = Microsoft(discovery(), says(307, b"{}", location="https://evil.example/"))
    with pytest.raises((errors.SignInUnavailable, errors.SignInRefused)):
        kept_from(platform, StillClock()).token()

    assert len(platform.asked) == 2


def test_a_plain_authority_is_refused():
    with pytest.raises(ValueError, match="https"):
        sign_in_at(Microsoft(), StillClock(), authority="http://login.sim.example")


def test_secrets_and_tokens_do_not_show():
    clock = StillClock()
    sign_in = sign_in_at(Microsoft(discovery(), grant()), clock)
    kept = KeptToken(sign_in, clock=clock)
    kept.token()

    shown = repr(sign_in) + repr(kept) + repr(kept._held) + repr(Token("token-1", 1)) + json.dumps(str(vars(kept)))
    assert SECRET not in shown
    assert "token-1" not in shown
