"""What a log may not say: forty and more shapes of secrets, people's words, forged lines."""

import io
import json
import logging

import pytest

from holdfast.host import logs, redaction

PLANTED = "Zk9x7QmW2vR8tY4uP1sL6nB3"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJaazl4N1FtVzJ2Ujh0WTR1In0.c2lnbmF0dXJl"

SHAPES = [
    f"Authorization: Bearer {PLANTED}",
    f"authorization: Basic {PLANTED}==",
    f"{{'Authorization': 'Bearer {PLANTED}'}}",
    f"Proxy-Authorization: Negotiate {PLANTED}",
    f"Cookie: __Host-holdfast={PLANTED}; theme=dark",
    f"Set-Cookie: holdfast={PLANTED}; HttpOnly",
    f"sessionid={PLANTED}",
    f"session_key: {PLANTED}",
    f"csrftoken={PLANTED}",
    f"csrfmiddlewaretoken={PLANTED}&title=x",
    f"X-CSRFToken: {PLANTED}",
    f"access_token={PLANTED}",
    f'{{"access_token":"{PLANTED}","expires_in":3599}}',
    f"'refresh_token': '{PLANTED}'",
    f"id_token={PLANTED}&state=x",
    f"client_secret={PLANTED}",
    f'"client_secret": "{PLANTED}"',
    f"client_assertion={PLANTED}",
    f"grant_type=authorization_code&code={PLANTED}&redirect_uri=x",
    f"GET /callback?code={PLANTED}&state=abc",
    f"GET /callback?state={PLANTED}",
    f"code_verifier={PLANTED}",
    f"nonce={PLANTED}",
    f"POST /doorbell?validationToken={PLANTED}",
    f'"clientState":"{PLANTED}"',
    f"clientState={PLANTED}",
    f"https://graph.example/v1.0/me/events/delta?$deltatoken={PLANTED}",
    f"https://graph.example/v1.0/me/events/delta?%24deltatoken={PLANTED}",
    f"https://graph.example/v1.0/me/events/delta?$skiptoken={PLANTED}",
    f"password={PLANTED}",
    f'"password": "{PLANTED}"',
    f"passwd: {PLANTED}",
    f"pwd={PLANTED}",
    f"passphrase = {PLANTED}",
    f"postgresql://holdfast_app:{PLANTED}@db.example.org/holdfast",
    f"https://ada:{PLANTED}@example.org/feed.ics",
    f"HOLDFAST_SECRET_KEY={PLANTED}",
    f"HOLDFAST_MASTER_KEYS={PLANTED}",
    f"api_key={PLANTED}",
    f"X-Api-Key: {PLANTED}",
    f"token hf_{PLANTED}{PLANTED}",
    f"sealed v1:ab12cd34:{PLANTED[:16]}:{PLANTED}",
    f"secret abc8Q~{PLANTED}{PLANTED}",
    f"ghp_{PLANTED}",
    f"sk-{PLANTED}",
    f"https://store.example/blob?sv=1&sig={PLANTED}",
    f"-----BEGIN PRIVATE KEY-----\n{PLANTED}\n-----END PRIVATE KEY-----",
    f"-----BEGIN RSA PRIVATE KEY-----\n{PLANTED}",
    f"otp={PLANTED}",
    f"private_key: '{PLANTED}'",
    f"signature={PLANTED}",
]
NAMED = [
    "Authorization",
    "Cookie",
    "Set-Cookie",
    "password",
    "client_secret",
    "clientState",
    "access_token",
    "refresh_token",
    "id_token",
    "validationToken",
    "code",
    "state",
    "nonce",
    "$deltatoken",
    "@odata.deltaLink",
    "@odata.nextLink",
    "sessionid",
    "csrftoken",
    "secret_key",
    "master_keys",
    "database_url",
    "sig",
    "api_key",
    "private_key",
    "sealed_secret",
    "title",
    "subject",
    "note",
    "body",
    "bodyPreview",
    "description",
]


def lines_of(form: str, speak) -> str:
    """What a process would write, with the logging of this process put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(level="debug", form=form, stream=stream)
    try:
        speak()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    return stream.getvalue()


def test_there_are_forty_shapes_and_more():
    assert len(SHAPES) >= 40


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_a_secret_survives_in_a_sentence(shape: str):
    assert PLANTED not in redaction.clean_text(f"Outlook said {shape} and more")


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_a_secret_survives_in_a_line_of_any_logger(shape: str):
    def speak():
        logs.get("holdfast.test").info(shape, header=shape, nested={"deep": [shape]})
        logging.getLogger("somebody.else").warning("got %s", shape)

    for form in ("json", "console"):
        assert PLANTED not in lines_of(form, speak)


@pytest.mark.parametrize("name", NAMED)
def test_a_field_is_masked_by_its_name_whatever_it_holds(name: str):
    shown = json.dumps(redaction.clean({name: PLANTED, "kept": 1}))
    assert PLANTED not in shown
    assert '"kept": 1' in shown


def test_a_token_is_known_wherever_it_stands():
    assert JWT[:30] not in redaction.clean_text(f"the answer held {JWT}.")


def test_a_secret_in_an_exception_is_not_logged():
    def speak():
        try:
            int(f"refused client_secret={PLANTED}")
        except ValueError:
            logs.get("holdfast.test").exception("a request failed")

    for form in ("json", "console"):
        written = lines_of(form, speak)
        assert PLANTED not in written
        assert "ValueError" in written


def test_a_title_is_told_apart_but_not_told():
    first, second = redaction.digest("Redundancies in Oslo"), redaction.digest("Summer party")
    assert first != second
    assert "Oslo" not in first
    assert redaction.digest("Summer party") == second


def test_a_title_inside_a_sentence_is_not_told():
    assert "Redundancies" not in redaction.clean_text("""event {'subject': 'Redundancies in Oslo', 'id': 'AAMk'}""")
    assert "Redundancies" not in redaction.clean_text('{"title": "Redundancies in \\"Oslo\\""}')


def test_nobody_writes_a_second_line_by_naming_a_booking():
    """A-L2: line ends and other control characters are written as escapes."""
    forged = 'Aquarium\n{"level":"critical","event":"forged"}\r\x1b[31m\u2028x\u202e'

    def speak():
        logs.get("holdfast.test").info(forged, room=forged)

    assert len(lines_of("json", speak).splitlines()) == 1
    written = lines_of("console", speak)
    assert len(written.splitlines()) == 1
    assert "\x1b" not in written
    assert "\u202e" not in written


def test_ordinary_facts_survive():
    said = redaction.clean({"room": "Aquarium", "status": 429, "retry_after_s": 12.5, "ok": True, "link": None})
    assert said == {"room": "Aquarium", "status": 429, "retry_after_s": 12.5, "ok": True, "link": None}
    assert redaction.clean_text("Ada booked Aquarium at 10:00") == "Ada booked Aquarium at 10:00"


def test_a_line_is_json_in_utc():
    line = json.loads(lines_of("json", lambda: logs.get("holdfast.test").info("started", process=7)))
    assert line["event"] == "started"
    assert line["at"].endswith("Z")
    assert line["level"] == "info"
