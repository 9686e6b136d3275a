"""What the suite does not do, however it is asked: write where somebody works, invite strangers, send its token elsewhere."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import httpx
import pytest
from click.testing import CliRunner

from sim365.cli import main
from sim365.contract import runbook
from sim365.contract.access import bearer_of, check_tenant, read_cast, read_credentials
from sim365.contract.checks import every_check
from sim365.contract.errors import RefusedError, UntriedError
from sim365.contract.findings import CHECKS
from sim365.contract.ground import Cast, Ground, Made, invited, times
from sim365.contract.running import run
from sim365.transport import SimTransport
from tests.contract.harbour import ADA, AQUARIUM, BEN, DORA, START, calendars, harbour, plan_of, target_of

ONE = [CHECKS["etag-is-the-change-key"]]


def refusal(sim, tmp_path, **how) -> str:
    with pytest.raises(RefusedError) as refused:
        run(target_of(sim), plan_of(tmp_path, checks=ONE, **how), tell=lambda _: None)
    return str(refused.value)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1800), timedelta(days=4000)])
def test_a_mailbox_with_something_ahead_is_refused(ahead, tmp_path):
    sim = harbour()
    sim.person(BEN).create_event("Dentist", START + ahead, START + ahead + timedelta(hours=1))
    before = calendars(sim)

    told = refusal(sim, tmp_path)

    assert BEN in told
    assert (START + ahead).date().isoformat() in told
    assert "Nothing was written" in told
    assert calendars(sim) == before
    assert {entry.method for entry in sim.conduct.entries} == {"GET"}


def test_a_series_that_began_long_ago_counts_as_ahead(tmp_path):
    sim = harbour()
    rule = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": "2025-03-03"},
    }
    sim.person(ADA).create_event(
        "Round", START - timedelta(days=364), START - timedelta(days=363, hours=23), recurrence=rule
    )

    assert "is not a test mailbox" in refusal(sim, tmp_path)


def test_what_another_run_left_without_a_file_is_named_with_its_remedy(tmp_path):
    sim = harbour()
    sim.person(ADA).create_event(
        "[sim365 deadbeef] Left", START + timedelta(days=3), START + timedelta(days=3, hours=1)
    )

    assert "sim365 contract-clean --run deadbeef" in refusal(sim, tmp_path)


def test_one_mailbox_is_too_few(tmp_path):
    assert "two to six" in refusal(harbour(), tmp_path, cast=Cast(ADA))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("person ada@harbour.test", "two to six"),
        ("room a@b.test\nroom c@d.test", "at least one of them a person's"),
        ("\n".join(f"person p{number}@harbour.test" for number in range(7)), "two to six"),
        ("person ada@harbour.test\nperson ADA@harbour.test", "twice"),
        ("person ada@harbour.test\nsomebody ben@harbour.test", "Line 2"),
        ("person ada@harbour.test\nperson ben/../dora@harbour.test", "Line 2"),
        ("person ada", "Line 1"),
        ("", "two to six"),
    ],
)  # fmt: skip
def test_a_list_of_mailboxes_that_is_not_one_is_refused(text, why):
    with pytest.raises(RefusedError, match=why):
        read_cast(text)


def test_a_list_says_who_plays():
    cast, listed = read_cast(
        "# ours\nroom aquarium@harbour.test\nperson ada@harbour.test  # a test account\nperson ben@harbour.test\n"
    )

    assert (cast.host, cast.guest, cast.room) == (ADA, BEN, AQUARIUM)
    assert listed == (ADA, BEN, AQUARIUM)


@pytest.fixture
def ground(tmp_path):
    """Ada's, Ben's and the room's ground, before anything is asked."""
    sim = harbour()
    target, plan = target_of(sim), plan_of(tmp_path)
    day = START.date() + timedelta(days=14)
    header = runbook.Header(
        "0badcafe", target.tenant, target.root, START.isoformat(), plan.mailboxes, day, day + timedelta(days=330)
    )
    return Ground(target.wire("0badcafe"), runbook.begin(tmp_path, header), plan.cast)


def test_nobody_outside_of_the_list_is_invited(ground):
    with pytest.raises(RefusedError, match="not in the list"):
        ground.make(ADA, "Party", {**times(ground.day()), **invited(DORA)})
    meeting = ground.make(ADA, "Meeting", times(ground.day()))
    with pytest.raises(RefusedError, match="not in the list"):
        ground.change(meeting, invited(DORA))


def test_nothing_is_made_outside_of_the_list(ground):
    with pytest.raises(RefusedError, match="not in the list"):
        ground.make(DORA, "In a foreign calendar", times(ground.day()))
    assert ground.book.intents == {}


def test_only_what_the_run_made_is_changed_answered_or_deleted(ground):
    listed = ground.get("/users/ada@harbour.test/events")
    last_week = Made(ADA, listed.items[0]["id"], listed.items[0], listed.items[0]["id"])

    for act in (
        lambda: ground.drop(last_week),
        lambda: ground.change(last_week, {"importance": "high"}),
        lambda: ground.act(last_week, "cancel"),
        lambda: ground.extend(last_week, "test.x", {}),
    ):
        with pytest.raises(RefusedError, match="Only what this run made"):
            act()


def test_batches_and_questions_write_nothing(ground):
    with pytest.raises(RefusedError, match="only reads"):
        ground.batch([{"id": "1", "method": "DELETE", "url": "/users/ada@harbour.test/events/x"}])
    with pytest.raises(RefusedError, match="not a question"):
        ground.ask("/users/ada@harbour.test/sendMail", {})


def test_the_token_goes_to_no_other_address(ground):
    for link in (
        "https://elsewhere.test/v1.0/users",
        "https://graph.microsoft.com.elsewhere.test/v1.0/",
        "http://graph.microsoft.com/v1.0/",
    ):
        with pytest.raises((RefusedError, UntriedError)):
            ground.get(link)
    assert all(entry.path.startswith("/v1.0") for entry in ground.wire._client._transport._simulator.conduct.entries)


def test_an_intent_is_on_the_disk_before_its_create_goes_out(tmp_path, monkeypatch):
    """The transport looks into the file, and whether it was forced to the disk, at the very moment of the POST."""
    sim, seen, forced = harbour(), [], []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (forced.append(os.fstat(handle).st_size), fsync(handle)))

    class Looking(httpx.BaseTransport):
        def handle_request(self, request):
            if request.method == "POST":
                lines = (tmp_path / "0badcafe.run.jsonl").read_text().splitlines()
                seen.append((json.loads(lines[-1]), json.loads(request.read())))
                assert (tmp_path / "0badcafe.run.jsonl").stat().st_size == forced[-1]
            return SimTransport(sim).handle_request(request)

    run(target_of(sim, transport=Looking()), plan_of(tmp_path, checks=ONE), tell=lambda _: None)

    ((line, body),) = seen
    assert line["intent"] == 1
    assert line["name"] == body["subject"] == "[sim365 0badcafe] Version"
    assert "0badcafe" in {each["value"] for each in body["singleValueExtendedProperties"]}


def test_a_damaged_file_of_a_run_stops_the_next_one(tmp_path):
    (tmp_path / "deadbeef.run.jsonl").write_text("not a line of a run\n")

    assert "names what was made" in refusal(harbour(), tmp_path)


def test_a_file_that_was_cut_off_in_its_last_line_is_read_up_to_it(ground, tmp_path):
    ground.make(ADA, "Kept", times(ground.day()))
    path = ground.book.path
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"intent": 2, "kind": "ev')

    book = runbook.read(path)

    assert len(book.live) == 1
    assert path.read_bytes() == whole


def test_another_tenants_run_is_left_alone(ground, tmp_path):
    from dataclasses import replace

    ground.make(ADA, "Elsewhere", times(ground.day()))
    sim, told = harbour(), []

    run(replace(target_of(sim), tenant="another"), plan_of(tmp_path, checks=ONE, run="11111111"), tell=told.append)

    assert "made in another tenant" in " ".join(told)
    assert "closed" not in ground.book.path.read_text()


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({}, "SIM365_CONTRACT_APP"),
        ({"SIM365_CONTRACT_APP": "x"}, "SIM365_CONTRACT_SECRET"),
        (
            {"SIM365_CONTRACT_APP": "x", "SIM365_CONTRACT_SECRET": "a", "SIM365_CONTRACT_SECRET_FILE": "b"},
            "or the path",
        ),
        ({"SIM365_CONTRACT_APP": "x", "SIM365_CONTRACT_SECRET_FILE": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_missing_credentials_are_named_by_their_variables(environment, why):
    with pytest.raises(RefusedError, match=why):
        read_credentials(environment)


def test_the_secret_never_shows(tmp_path):
    (tmp_path / "secret").write_text("very-secret-words\n")
    credentials = read_credentials(
        {"SIM365_CONTRACT_APP": "x", "SIM365_CONTRACT_SECRET_FILE": str(tmp_path / "secret")}
    )

    assert credentials.secret == "very-secret-words"
    assert "very-secret" not in repr(credentials)


def test_a_refused_secret_is_told_in_one_line():
    class LoginHost:
        def get(self, url, **_):
            body = {
                name: f"https://login.harbour.test/{name}"
                for name in ("authorization_endpoint", "token_endpoint", "issuer")
            }
            return httpx.Response(
                200, json=body | {"issuer": url.partition("/v2.0")[0] + "/v2.0"}, request=httpx.Request("GET", url)
            )

        def post(self, url, **_):
            body = {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1",
            }
            return httpx.Response(401, json=body, request=httpx.Request("POST", url))

        def close(self):
            pass

    from sim365.contract.access import Credentials

    bearer = bearer_of(
        Credentials("x", "very-secret-words"),
        authority="https://login.harbour.test/t",
        http=LoginHost(),
        discovery=False,
    )
    with pytest.raises(RefusedError) as refused:
        bearer()

    assert "AADSTS7000215" in str(refused.value)
    assert "Trace" not in str(refused.value)
    assert "very-secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["common", "organizations", "a/b", "", "../x"])
def test_only_one_tenant_is_asked(name):
    with pytest.raises(RefusedError):
        check_tenant(name)


def test_without_a_yes_nothing_is_sent(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM365_CONTRACT_APP", "x")
    monkeypatch.setenv("SIM365_CONTRACT_SECRET", "very-secret-words")
    (tmp_path / "mailboxes").write_text(
        "person ada@harbour.test\nperson ben@harbour.test\nroom aquarium@harbour.test\n"
    )
    command = [
        "contract",
        "--tenant",
        "harbour.test",
        "--mailboxes",
        str(tmp_path / "mailboxes"),
        "--folder",
        str(tmp_path / "runs"),
    ]

    for said in ("\n", "n\n", ""):
        answer = CliRunner().invoke(main, command, input=said)

        assert answer.exit_code == 2
        assert "Nothing was done." in answer.output
    assert not (tmp_path / "runs").exists()
    for word in (
        f"up to {plan_of(tmp_path).cost().mails} mails",
        "ada@harbour.test",
        "two per second",
        "removed at the end",
        "contract-clean",
    ):
        assert word in answer.output
    assert "very-secret" not in answer.output


def test_a_check_that_meets_an_odd_answer_says_so_instead_of_failing(tmp_path):
    class Odd(httpx.BaseTransport):
        def __init__(self, sim):
            self._inner = SimTransport(sim)

        def handle_request(self, request):
            if request.method == "POST" and request.url.path.endswith("/events"):
                self._inner.handle_request(request)
                return httpx.Response(502, content=b"<html>", request=request)
            return self._inner.handle_request(request)

    sim = harbour()
    before = calendars(sim)

    report, removal = run(
        target_of(sim, transport=Odd(sim)), plan_of(tmp_path, checks=list(every_check())[20:60]), tell=lambda _: None
    )

    assert {each.outcome.value for each in report.results if CHECKS[each.check].cost.creates} == {"not tried"}
    assert removal.left == 0
    assert calendars(sim) == before
