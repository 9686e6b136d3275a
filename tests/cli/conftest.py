"""The command line beside a served simulator: Fjord's little sister, on two loopback ports with real TLS."""

import pytest


@pytest.fixture
def terminal(database, monkeypatch, capsys, tmp_path):
    """Somebody at a terminal, with an installation that knows the simulator's certificates."""
    from tests.cli.terminal import Terminal

    made = Terminal(monkeypatch, capsys, tmp_path)
    yield made
    made.close()


@pytest.fixture
def connected(terminal):
    """A workspace with three rooms' mailboxes connected, nothing mapped yet."""
    terminal.must(
        "admin", "create", "--email", "ada@example.org", "--password", "a-long-tide-table", "--zone", "Europe/Berlin"
    )
    terminal.must(*terminal.connecting(), typed=terminal.secret)
    return terminal
