"""Typing commands in this process, at the very door that the program `holdfast` uses."""

import io
import json
import sys
from dataclasses import dataclass

from sim365.company.reading import read_company
from sim365.serving import Plan, Station, free_port_pair

CLIENT_ID = "11111111-2222-4333-8444-555555555555"
SECRET = "tide-table-secret"
COMPANY = f"""
company: {{name: Harbour Works, domain: example.org, time_zone: Europe/Berlin}}
people:
  - {{name: Ada, address: ada}}
  - {{name: Ben, address: ben}}
rooms:
  - {{name: Aquarium, address: aquarium, building: Harbour House, floor: 0, capacity: 8}}
  - {{name: Boathouse, address: boathouse, building: Harbour House, floor: 0, capacity: 20}}
vehicles:
  - {{name: Heron, address: heron}}
apps:
  - name: Holdfast
    client_id: {CLIENT_ID}
    permissions: [Calendars.ReadWrite, Place.Read.All, User.Read.All, MailboxSettings.Read]
    secrets:
      - {{value: {SECRET}, expires: 2036-01-01}}
"""


@dataclass
class Told:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def all(self):
        return self.out + self.err


class Terminal:
    def __init__(self, monkeypatch, capsys, place) -> None:
        from holdfast.cli import ground
        from holdfast.mirror import tasks

        self.secret = SECRET
        self._patch, self._capsys = monkeypatch, capsys
        described = read_company(COMPANY, name="Harbour Works")
        self.station = Station(
            Plan(companies=(described,), port=free_port_pair(), state=place / "sim365", checks_types=True)
        )
        self.simulator = self.station.simulator
        self._ground, self._tasks, self._engine = ground, tasks, tasks._engine
        monkeypatch.setenv("HOLDFAST_OUTGOING_CA_FILE", str(self.station.ca_file))
        ground.config.cache_clear()

    def close(self) -> None:
        self._tasks._engine = self._engine
        self._ground.config.cache_clear()
        self.station.stop()
        assert self.simulator.bugs == []
        assert self.simulator.conduct.offences == []

    @property
    def tenant(self) -> str:
        return self.simulator.company.tenants[0].tenant_id

    def connecting(self, **changes: str) -> tuple[str, ...]:
        options = {
            "tenant": self.tenant,
            "app": CLIENT_ID,
            "root": f"{self.station.graph_root}/v1.0",
            "authority": self.station.login_root,
        } | changes
        return ("connect", *(f"--{name}={value}" for name, value in options.items()))

    def type(self, *words: str, typed: str = "") -> Told:
        from holdfast.cli.frame import run

        self._capsys.readouterr()
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        code = run(list(words))
        said = self._capsys.readouterr()
        return Told(int(code), said.out, said.err)

    def must(self, *words: str, typed: str = "") -> Told:
        """The same, where it has to succeed."""
        told = self.type(*words, typed=typed)
        assert told.code == 0, told.all
        return told

    def json(self, *words: str):
        return self.type(*words, "--json").json

    def room(self, name: str = "aquarium"):
        """Somebody with Outlook open on a calendar."""
        return self.simulator.person(f"{name}@example.org")
