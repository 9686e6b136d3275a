"""From an empty installation to a verified one, by commands alone."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.database


def tomorrow(hour: int) -> datetime:
    return (datetime.now(UTC) + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def synced(connected):
    """Everything that Microsoft lists is mapped and synced; one event stood in the Aquarium's calendar."""
    connected.room().create_event("Tide tables", tomorrow(9))
    connected.must("map", "auto", "--create", "--start")
    connected.must("sync")
    return connected


def test_the_secret_is_read_from_a_pipe_and_said_by_nobody(terminal):
    """SECURITY: a secret neither stands on the command line nor in any answer."""
    terminal.must("admin", "create", "--email", "ada@example.org", "--password", "a-long-tide-table")

    told = terminal.must(*terminal.connecting(), typed=terminal.secret + "\n")

    assert "Calendars.ReadWrite" in told.err
    assert "read the calendars of mapped rooms" in told.err
    assert terminal.secret not in told.all


def test_a_wrong_secret_is_refused_with_the_remedy_and_nothing_is_stored(terminal):
    terminal.must("admin", "create", "--email", "ada@example.org", "--password", "a-long-tide-table")

    told = terminal.type(*terminal.connecting(), typed="not-the-secret")

    assert told.code == 6
    assert "secret" in told.err
    assert "not-the-secret" not in told.all
    assert terminal.type("map", "discover").code == 2


def test_a_certificate_that_nobody_trusts_is_no_way_in(terminal, monkeypatch):
    from holdfast.cli import ground

    terminal.must("admin", "create", "--email", "ada@example.org", "--password", "a-long-tide-table")
    monkeypatch.delenv("HOLDFAST_OUTGOING_CA_FILE")
    ground.config.cache_clear()

    assert terminal.type(*terminal.connecting(), typed=terminal.secret).code == 6

    told = terminal.must(*terminal.connecting(ca=str(terminal.station.ca_file)), typed=terminal.secret)
    assert "HOLDFAST_OUTGOING_CA_FILE" in told.err


def test_what_holds_no_secret_is_a_usage_error(terminal, tmp_path):
    terminal.must("admin", "create", "--email", "ada@example.org", "--password", "a-long-tide-table")
    empty = tmp_path / "secret.txt"
    empty.write_text("")

    for source in (str(empty), str(tmp_path / "missing.txt")):
        told = terminal.type(*terminal.connecting(), f"--secret-file={source}")
        assert told.code == 2
        assert source in told.err


def test_rooms_and_vehicles_are_found_with_what_they_would_be_tied_to(connected):
    found = {row["name"]: row for row in connected.json("map", "discover")}

    assert found["Aquarium"] == {
        "name": "Aquarium",
        "address": "aquarium@example.org",
        "is": "room",
        "seats": 8,
        "building": "Harbour House",
        "resource_here": None,
        "matched_by": None,
    }
    assert found["Heron"]["is"] == "equipment"
    assert "Ada" not in found


def test_a_preview_counts_and_writes_nothing(connected):
    connected.room().create_event("Tide tables", tomorrow(9))
    connected.must("map", "auto", "--create")

    rows = {row["resource"]: row for row in connected.json("preview")}

    assert (rows["Aquarium"]["events"], rows["Aquarium"]["create_here"], rows["Aquarium"]["mails"]) == (1, 1, 0)
    assert rows["Boathouse"]["events"] == 0
    assert connected.json("map", "list")[0]["links"] == 0
    told = connected.must("preview", "--resource", "Aquarium")
    assert "Nothing was written" in told.err
    assert "0 mails" in told.err


def test_start_sync_and_verify_bring_both_sides_together(synced):
    """No worker runs here: the command does the work itself."""
    rows = {row["resource"]: row for row in synced.json("map", "list")}

    assert (rows["Aquarium"]["stand"], rows["Aquarium"]["links"]) == ("in_step", 1)
    told = synced.must("verify")
    assert "0 differences in 3 calendars with 1 events" in told.err


def test_what_was_not_synced_yet_is_a_difference_with_a_name(synced):
    """An event was added behind the sync's back: verify reads the calendar itself."""
    synced.room("boathouse").create_event("Sail repair", tomorrow(11))

    told = synced.type("verify", "--resource", "Boathouse")

    assert told.code == 1
    assert "Boathouse" in told.err
    assert "stands in Outlook and not here" in told.err
    assert "Sail repair" not in told.all, "a title is not for everybody who may run verify"
    assert synced.must("verify", "--resource", "Aquarium").code == 0
    synced.must("sync", "--resource", "Boathouse")
    synced.must("verify")


def test_a_calendar_that_cannot_be_read_is_never_called_the_same(synced):
    synced.simulator.weather.add("access_withdrawn", mailbox="aquarium@example.org")

    told = synced.type("verify")

    assert told.code == 6
    assert "Aquarium could not be read" in told.err


def test_a_paused_mapping_flows_again_after_resume(synced):
    synced.must("map", "pause", "aquarium")
    synced.room().create_event("Crew change", tomorrow(13))
    assert synced.type("sync").code == 0
    assert {row["resource"]: row["stand"] for row in synced.json("map", "list")}["Aquarium"] == "paused"

    synced.must("map", "resume", "Aquarium")
    synced.must("sync", "--resource", "Aquarium")

    assert {row["resource"]: row["links"] for row in synced.json("map", "list")}["Aquarium"] == 2


def test_untying_deletes_nothing(synced):
    told = synced.must("map", "end", "Aquarium", "--yes")

    assert "1 pairs stay" in told.err
    assert len(synced.room().events()) == 1
    assert [row["resource"] for row in synced.json("map", "list")] == ["Boathouse", "Heron"]


def test_a_mistyped_name_is_answered_with_the_likely_one(synced):
    told = synced.type("sync", "--resource", "Aquariun")

    assert told.code == 2
    assert "did you mean Aquarium" in told.err


def test_a_misspelt_setting_is_never_silently_a_default(synced):
    told = synced.type("map", "change", "Aquarium", "--set", "clash_winer=ask")

    assert told.code == 5
    assert "clash_winer" in told.err
    synced.must("map", "change", "Aquarium", "--set", "clash_winner=ask", "--set", "days_ahead=180")


def test_two_bookings_of_one_time_are_asked_about_and_answered(synced, capsys):
    """The mapping asks instead of deciding; the person's answer holds on both sides."""
    from holdfast.bookings import verbs
    from holdfast.bookings.orders import Make
    from holdfast.cli.workspace import actor, chosen
    from holdfast.timetable.when import between

    synced.must("map", "change", "Boathouse", "--set", "clash_winner=ask")
    by = actor(chosen(""))
    from holdfast.cli import mapped

    room = mapped.resource(chosen(""), "Boathouse")
    when = between(tomorrow(14), tomorrow(15), zone="Europe/Berlin")
    verbs.apply(by, [Make(resource_id=room.id, when=when, title="Ada's hour")])
    synced.room("boathouse").create_event("Ben's hour", tomorrow(14))
    synced.type("sync")

    told = synced.type("conflicts", "list", "--json")

    assert told.code == 1
    (question,) = told.json
    assert question["question"] == "two bookings want the same time"
    shown = synced.json("conflicts", "show", question["id"])
    assert shown["answers"] == ["keep_this", "keep_other"]
    assert synced.type("conflicts", "answer", question["id"], "ours").code == 2
    synced.must("conflicts", "answer", question["id"], "keep_other")
    synced.must("sync")
    assert synced.must("conflicts", "list").out.strip() == "Nothing waits for a person."
    assert [event["subject"] for event in synced.room("boathouse").events()] == ["Ada's hour"]
    synced.must("verify")


def test_the_doctor_tries_the_sign_in_and_every_mailbox(synced):
    synced.simulator.weather.add("access_withdrawn", mailbox="boathouse@example.org")

    told = synced.type("doctor", "--json")

    found = {(row["what"], row["state"]): row["seen"] for row in told.json}
    assert ("Sign-in", "ok") in found
    assert found["Mailboxes", "ok"] == "2 can be read and written"
    assert "boathouse@example.org" in found["Mailbox", "wrong"]
    assert told.code == 1


def test_every_command_teaches_with_an_example(terminal):
    for words in (
        ("connect",),
        ("map",),
        ("map", "add"),
        ("preview",),
        ("sync",),
        ("verify",),
        ("conflicts",),
        ("demo-tour",),
    ):
        told = terminal.must(*words, "--help")
        assert "holdfast " in told.out or words == ("demo-tour",)


def test_a_calendar_that_another_installation_keeps_is_taken_over_by_a_command(synced):
    """The remedy that a stopped mailbox names: the marker on the calendar is ours again, and writing goes on."""
    from holdfast.mirror.models import Instance
    from holdfast.ports import ids

    Instance.objects.update(instance_id=ids.new())

    told = synced.must("takeover", "Aquarium", "--yes")

    assert "Taken over: Aquarium" in told.err
    synced.must("verify", "--resource", "Aquarium")
    assert synced.type("takeover").code == 2
