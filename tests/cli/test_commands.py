"""The command line as a person and as a script meet it: help, lists, JSON, refusals, exit codes."""

import json
from collections.abc import Callable

import pytest

from holdfast.cli.exits import MEANINGS, Exit
from holdfast.cli.frame import ENTRIES, run

pytestmark = pytest.mark.database

PASSWORD = "a quiet boathouse at dawn"


@pytest.fixture
def said(database, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs one command line: its code, what it listed, what it said beside."""

    def speak(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return speak


@pytest.fixture
def house(said):
    """A workspace with one administrator."""
    code, _, err = said(
        "admin",
        "create",
        "--email",
        "ada@fjord.example",
        "--name",
        "Ada",
        "--workspace-name",
        "Fjord",
        "--password",
        PASSWORD,
    )
    assert code == Exit.DONE, err
    return said


def test_help_names_every_command_under_a_heading(said):
    code, out, _ = said("--help")
    assert code == Exit.DONE
    assert all(entry.name in out for entry in ENTRIES)
    assert "holdfast demo" in out


@pytest.mark.parametrize("name", [entry.name for entry in ENTRIES])
def test_every_command_teaches(said, name: str):
    code, out, _ = said(name, "--help")
    assert code == Exit.DONE
    assert len(out.split("Options:")[0].split()) >= 8


def test_every_exit_code_has_a_meaning():
    assert set(MEANINGS) == set(Exit)


@pytest.mark.parametrize(
    "line", [["nonsense"], ["token"], ["token", "create"], ["up", "--prot", "1"], ["person", "add"]]
)
def test_a_line_that_cannot_be_understood_is_2(said, line: list[str]):
    code, out, err = said(*line)
    assert code == Exit.USAGE
    assert "Usage:" in err + out


class TestPeople:
    def test_the_first_administrator_brings_a_workspace_and_may_sign_in(self, house):
        from django.contrib.auth import authenticate

        assert authenticate(username="ada@fjord.example", password=PASSWORD) is not None
        _, out, _ = house("person", "list", "--json")
        assert [(row["name"], row["role"]) for row in json.loads(out)] == [("Ada", "admin")]

    @pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
    def test_a_guessable_password_is_refused(self, said, password: str):
        code, _, err = said("admin", "create", "--email", "ada@fjord.example", "--password", password)
        assert code == Exit.USAGE
        assert "password" in err

    def test_an_address_is_taken_once(self, house):
        code, _, err = house(
            "person", "add", "--email", "ADA@fjord.example", "--name", "Ada II", "--password", PASSWORD
        )
        assert code == Exit.REFUSED
        assert "already" in err

    def test_a_member_is_added(self, house):
        assert (
            house("person", "add", "--email", "ben@fjord.example", "--name", "Ben", "--password", PASSWORD)[0]
            == Exit.DONE
        )
        _, out, _ = house("person", "list")
        assert "Ben" in out

    def test_without_a_workspace_one_is_asked_for(self, said):
        code, _, err = said("token", "list")
        assert code == Exit.USAGE
        assert "holdfast admin create" in err

    def test_with_two_workspaces_one_must_be_named(self, house):
        from holdfast.directory.workspaces import open_workspace

        open_workspace("Harbour")
        code, _, err = house("person", "list")
        assert code == Exit.USAGE
        assert "fjord" in err
        assert "harbour" in err
        assert house("person", "list", "--workspace", "fjord")[0] == Exit.DONE
        assert house("person", "list", "--workspace", "nowhere")[0] == Exit.REFUSED


class TestTokens:
    def test_its_text_is_shown_once_and_opens_what_it_says(self, house):
        from holdfast.directory.tokens import actor_for

        code, out, err = house("token", "create", "--name", "Door displays", "--scope", "view", "--days", "30")
        assert code == Exit.DONE
        assert {permission.value for permission in actor_for(out.strip()).permissions} == {"view"}
        assert "once" in err
        _, listed, _ = house("token", "list", "--json")
        assert out.strip() not in listed
        assert json.loads(listed)[0]["name"] == "Door displays"

    def test_a_revoked_one_opens_nothing(self, house):
        from holdfast.directory.errors import TokenRefused
        from holdfast.directory.tokens import actor_for

        _, made, _ = house("token", "create", "--name", "Old", "--scope", "view", "--json")
        token = json.loads(made)
        assert house("token", "revoke", token["id"])[0] == Exit.DONE
        with pytest.raises(TokenRefused):
            actor_for(token["token"])

    def test_an_unknown_scope_is_refused_with_the_known_ones(self, house):
        code, _, err = house("token", "create", "--name", "x", "--scope", "everything")
        assert code == Exit.USAGE
        assert "view" in err

    def test_an_unknown_token_is_refused(self, house):
        assert house("token", "revoke", "00000000-0000-0000-0000-000000000000")[0] == Exit.REFUSED


class TestLooking:
    def test_status_counts(self, house):
        code, out, _ = house("status", "--json")
        found = json.loads(out)
        assert code == Exit.DONE
        assert found["running"] is False
        assert found["workspaces"][0]["people"] == 1

    def test_doctor_names_what_it_saw(self, house):
        code, out, _ = house("doctor", "--json")
        found = {row["what"]: row["state"] for row in json.loads(out)}
        assert code == Exit.DONE
        assert found["Roles"] == "ok"
        assert found["Tables"] == "ok"
        assert found["Running"] == "warning"

    def test_doctor_finds_an_open_key_and_says_so(self, house):
        from holdfast.cli import ground

        file = ground.config().state / "keys" / "spare.keys"
        file.write_text("x")
        file.chmod(0o644)
        try:
            code, out, _ = house("doctor")
        finally:
            file.unlink()
        assert code == Exit.NOT_IN_ORDER
        assert "chmod 600" in out

    def test_settings_are_listed_without_secrets(self, said):
        code, out, _ = said("config", "show", "--json")
        shown = {row["setting"]: row["value"] for row in json.loads(out)}
        assert code == Exit.DONE
        assert shown["database.url"] == "••••"
        assert shown["web.port"] == "8000"


class TestExport:
    def test_an_empty_house_exports_nothing(self, house):
        code, out, _ = house("export")
        assert (code, out) == (Exit.DONE, "")

    def test_a_sheet_has_its_columns_even_when_empty(self, house):
        _, out, _ = house("export", "--format", "csv")
        assert out.startswith("id,resource,title,starts_at")

    @pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", ' "=1'])
    def test_a_cell_is_never_a_formula(self, title: str):
        """A-H12."""
        from holdfast.cli.export import _harmless

        assert _harmless(title).startswith("'")
        assert _harmless("Aquarium") == "Aquarium"


def test_a_fault_of_ours_is_a_number_and_not_a_traceback(said):
    from holdfast.cli.telling import explain

    assert explain(RuntimeError("client_secret=abcdefgh")) == Exit.BROKEN


def test_a_refusal_never_shows_a_secret(said, capsys):
    from holdfast.cli.telling import explain
    from holdfast.host.errors import DatabaseUnavailable

    explain(DatabaseUnavailable("connection to postgresql://ada:hunter2secret@db failed"))
    assert "hunter2secret" not in capsys.readouterr().err
