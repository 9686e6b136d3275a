"""The one idea: what is the next step of a link? Signature first; see `plan`."""

from datetime import datetime

from holdfast.reconcile.link import LinkState
from holdfast.reconcile.rules import Rules
from holdfast.reconcile.snapshot import Snapshot
from holdfast.reconcile.steps import Agree, Close, Park, Step, Taking
from holdfast.reconcile.verdict import Verdict


def plan(link: LinkState, rules: Rules, *, now: datetime, verdict: Verdict = None) -> Step:
    """The next step. Total, deterministic, and without effect."""
    raise NotImplementedError


def done(
    link: LinkState, step: Agree | Taking | Park | Close, *, now: datetime, result: Snapshot | None = None
) -> LinkState:
    """The link after a step that needs no answer from Microsoft was done; `result` is the booking after the verb."""
    raise NotImplementedError


def edited(link: LinkState, ours: Snapshot | None) -> LinkState:
    """The link after our booking says something else."""
    raise NotImplementedError
