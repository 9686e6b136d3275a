"""When a fault strikes: rules by rate, mailbox, method, path and time span, or for the next n matching requests.

Chance has a generator of its own, so that adding a rule changes nothing else of a run.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime

from sim365.weather.faults import AFTER, BEFORE, INSIDE, NOTICES, Fault
from sim365.weather.latency import Latency

Struck = dict[Fault, float | str | None]


@dataclass(slots=True)
class Rule:
    """One kind of bad weather."""

    fault: Fault
    rate: float = 1.0
    times: int | None = None
    """Strike so many more times; None is for ever."""
    mailbox: str | None = None
    """Address, UPN or object id, as the path names it or as the mailbox is known."""
    method: str | None = None
    path: str | None = None
    """Part of the path with its query, so that `$skiptoken` is the middle of a round."""
    since: datetime | None = None
    until: datetime | None = None
    parameter: float | str | None = None
    after: int = 0
    """Let so many matching requests pass first."""

    def fits(self, *, method: str, path: str, mailbox: frozenset[str], now: datetime) -> bool:
        """Whether the rule concerns this request."""
        return (
            self.times != 0
            and (self.method is None or self.method.upper() == method)
            and (self.path is None or self.path.lower() in path.lower())
            and (self.mailbox is None or self.mailbox.lower() in mailbox)
            and (self.since is None or now >= self.since)
            and (self.until is None or now < self.until)
        )


@dataclass(slots=True)
class Weather:
    """The rules in force."""

    chance: random.Random
    rules: list[Rule] = field(default_factory=list[Rule])
    struck: dict[str, int] = field(default_factory=dict[str, int])
    """How often each fault has struck, by name."""
    latency: Latency = field(default_factory=lambda: Latency(random.Random("latency")))  # noqa: S311  the same run
    """How long answers take in any weather."""

    def add(self, fault: Fault | str, **settings: object) -> Rule:
        """Add a rule; settings are the fields of `Rule`."""
        rule = Rule(Fault(fault), **settings)  # pyright: ignore[reportArgumentType]
        self.rules.append(rule)
        return rule

    def next(self, fault: Fault | str, *, times: int = 1, **settings: object) -> Rule:
        """Let a fault strike the next matching request, or the next few."""
        return self.add(fault, times=times, **settings)

    def clear(self) -> None:
        """Fair weather."""
        self.rules.clear()

    def strikes(self, *, method: str, path: str, mailbox: frozenset[str], now: datetime) -> Struck:
        """The faults for one request: at most one that ends or spoils it, and any that the operation acts out."""
        if not self.rules:
            return {}
        found: Struck = {}
        for rule in self.rules:
            if rule.fault in NOTICES or (rule.fault not in INSIDE and found.keys() & (BEFORE | AFTER)):
                continue
            if rule.fits(method=method, path=path, mailbox=mailbox, now=now) and self._falls(rule):
                found[rule.fault] = rule.parameter
        return found

    def strikes_notice(self, *, mailbox: frozenset[str], now: datetime) -> Struck:
        """The faults for one notice."""
        found: Struck = {}
        for rule in self.rules:
            if (
                rule.fault in NOTICES
                and rule.fits(method=rule.method or "", path=rule.path or "", mailbox=mailbox, now=now)
                and self._falls(rule)
            ):
                found[rule.fault] = rule.parameter
        return found

    def _falls(self, rule: Rule) -> bool:
        if rule.rate < 1.0 and self.chance.random() >= rule.rate:
            return False
        if rule.after > 0:
            rule.after -= 1
            return False
        if rule.times is not None:
            rule.times -= 1
        self.struck[rule.fault] = self.struck.get(rule.fault, 0) + 1
        return True
