"""`holdfast conflicts`: what waits for a person, and the answers.

Two kinds of question stand in one list: overlaps and notes of the record (two bookings want one time, a change was
overwritten), and pairs of a booking and an event that the mirror may not settle alone. Decides how both are told and
which answers each takes; carries nothing out itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from holdfast.cli import telling
from holdfast.cli.exits import Exit
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option

if TYPE_CHECKING:
    from holdfast.bookings.models import Conflict
    from holdfast.directory.roles import Actor
    from holdfast.mirror.conflicts import Question
    from holdfast.reconcile.snapshot import Snapshot

ANSWERS = ("ours", "theirs", "keep_this", "keep_other", "seen", "try_again", "leave", "release")
_TITLES = {
    "overlap": "two bookings want the same time",
    "overwritten": "a change was overwritten",
    "refused": "a change from Outlook was refused",
    "came_back": "a cancelled booking came back in Outlook",
    "cut": "a text from Outlook was too long",
    "choice": "both sides changed it",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, of either kind."""

    id: UUID
    question: str
    since: datetime
    booking_id: UUID | None
    answers: tuple[str, ...]
    here: "Snapshot | None" = None
    there: "Snapshot | None" = None
    detail: str = ""
    pair: tuple[str, str] | None = None
    other_id: UUID | None = None
    kept: Any = None
    mapping_id: UUID | None = None


@click.group()
def conflicts() -> None:
    """List, show and answer what waits for a person.

    \b
    holdfast conflicts list
    holdfast conflicts show 0192f0c2-…
    holdfast conflicts answer 0192f0c2-… ours
    """


@conflicts.command(name="list", cls=WithDatabase)
@click.option("--closed", is_flag=True, help="Those that a rule or a person answered already, with what was kept.")
@telling.json_option
@workspace_option
def list_conflicts(*, closed: bool, as_json: bool, slug: str) -> int:
    """List the open questions, the oldest first. Exit code 1 where there are some."""
    by = actor(chosen(slug))
    if closed:
        telling.rows(_answered(by, whole=as_json), as_json=as_json, empty="Nothing was answered yet.")
        return Exit.DONE
    found = _questions(by)
    rows = [
        {"id": one.id, "question": one.question, "since": one.since, "booking": one.booking_id, "answers": one.answers}
        for one in found
    ]
    telling.rows(rows, as_json=as_json, empty="Nothing waits for a person.")
    return Exit.NOT_IN_ORDER if found else Exit.DONE


@conflicts.command(cls=WithDatabase)
@click.argument("question_id", type=click.UUID)
@telling.json_option
@workspace_option
def show(*, question_id: UUID, as_json: bool, slug: str) -> None:
    """Show one question with both sides, as they are now."""
    by = actor(chosen(slug))
    one = _question(by, question_id)
    telling.facts(
        {
            "question": one.question,
            "since": one.since,
            "booking": one.booking_id,
            "other_booking": one.other_id,
            "here": _told(one.here),
            "in_outlook": _told(one.there),
            "kept": one.kept,
            "detail": one.detail or None,
            "answers": list(one.answers),
        },
        as_json=as_json,
    )
    if not as_json:
        telling.say(f"Answer with: holdfast conflicts answer {one.id} {'|'.join(one.answers)}")


@conflicts.command(cls=WithDatabase)
@click.argument("question_id", type=click.UUID)
@click.argument("choice", type=click.Choice(ANSWERS))
@workspace_option
def answer(*, question_id: UUID, choice: str, slug: str) -> None:
    """Answer one question.

    \b
    ours        what stands here holds, and is written to Outlook
    theirs      what stands in Outlook holds, and is taken over here
    keep_this   of two bookings of one time, the one in question stays
    keep_other  of two bookings of one time, the other one stays
    seen        it only had to be known
    try_again   plan it anew, whatever stopped it
    leave       both stay as they are and are not kept in step any more
    release     the many deletions in this calendar are meant: follow all of them

    An answer is about the two sides as they are; where one moves meanwhile, it is refused (exit code 5): look again.
    """
    by = actor(chosen(slug))
    one = _question(by, question_id)
    if choice not in one.answers:
        raise click.UsageError(f"this question takes {', '.join(one.answers)}")
    if one.pair is None:
        _answer_record(by, one, choice)
    else:
        _answer_link(by, one, choice)
    telling.say(f"Answered: {choice}.")


def _queue(by: "Actor", *, closed: bool) -> "list[Conflict]":
    """All pages of the record's queue."""
    from holdfast.bookings.conflicts import queue  # noqa: PLC0415  needs Django to be ready
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  the same

    rows: list[Conflict] = []
    cursor: str | None = None
    with in_workspace(by.workspace_id):
        while True:
            page, cursor = queue(by, cursor=cursor, closed=closed)
            rows += page
            if cursor is None:
                return rows


def _answered(by: "Actor", *, whole: bool) -> list[dict[str, object]]:
    return [
        {
            "id": row.id,
            "question": _TITLES.get(row.kind, row.kind),
            "booking": row.booking_id,
            "answer": row.resolution,
            "by": row.closed_by,
            "at": row.closed_at,
            "kept": row.content if whole else _kept_in_words(row.content),
        }
        for row in _queue(by, closed=True)
    ]


def _kept_in_words(content: dict[str, Any]) -> str | None:
    """The title of what gave way; the whole stands in `holdfast conflicts list --closed --json`."""
    for side in ("theirs", "ours"):
        said: Any = content.get(side)
        if isinstance(said, dict) and "title" in said:
            return f"“{said['title']}”"  # pyright: ignore[reportUnknownVariableType]
    return None


def _questions(by: "Actor") -> list[Asked]:
    from holdfast.mirror.conflicts import questions  # noqa: PLC0415  needs Django to be ready

    linked = {one.link_id: one for one in questions(by)}
    rows = _queue(by, closed=False)
    found = [_of_link(one) for one in linked.values()]
    # A parked pair may stand in the record's queue, too, with what was overwritten: it is one question.
    found += [_of_record(row) for row in rows if row.link_id not in linked]
    return sorted(found, key=lambda one: one.since)


def _question(by: "Actor", question_id: UUID) -> Asked:
    found = next((one for one in _questions(by) if one.id == question_id), None)
    if found is None:
        raise click.UsageError(f"no open question has the id {question_id}; `holdfast conflicts list` shows them")
    return found


def _of_link(one: "Question") -> Asked:
    from holdfast.web.signs import QUESTIONS  # noqa: PLC0415  needs Django to be ready

    return Asked(
        one.link_id,
        QUESTIONS[one.reason],
        one.since,
        one.booking_id,
        _answers_of(one.reason.value),
        here=one.ours,
        there=one.theirs,
        detail=one.detail,
        pair=one.pair,
        mapping_id=one.mapping_id,
    )


def _answers_of(reason: str) -> tuple[str, ...]:
    """What is parked for a technical reason has nothing to choose between."""
    if reason == "brake":
        return ("release", "leave")
    if reason in {"failed", "quarantine"}:
        return ("try_again", "leave")
    return ("ours", "theirs", "try_again", "leave")


def _of_record(row: "Conflict") -> Asked:
    answers = ("keep_this", "keep_other") if row.kind == "overlap" else ("seen",)
    return Asked(
        row.id,
        _TITLES.get(row.kind, row.kind),
        row.opened_at,
        row.booking_id,
        answers,
        other_id=row.other_id,
        kept=row.content or None,
    )


def _answer_record(by: "Actor", one: Asked, choice: str) -> None:
    from holdfast.bookings.conflicts import Choice, choose  # noqa: PLC0415  needs Django to be ready
    from holdfast.bookings.outcomes import Refused  # noqa: PLC0415  the same
    from holdfast.mirror import errors  # noqa: PLC0415  the same

    outcome = choose(by, one.id, Choice(choice))
    if isinstance(outcome, Refused):
        raise errors.Refused(f"{outcome.sentence} {outcome.remedy}".strip())


def _answer_link(by: "Actor", one: Asked, choice: str) -> None:
    from holdfast.mirror import conflicts as mirrored  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror import mappings  # noqa: PLC0415  the same
    from holdfast.reconcile.choices import Choice  # noqa: PLC0415  the same

    assert one.pair is not None, "a question about a pair names it"
    match choice:
        case "try_again":
            mirrored.try_again(by, one.id)
        case "leave":
            mirrored.leave(by, one.id)
        case "release":
            assert one.mapping_id is not None, "only a mapping has a brake"
            mappings.release_brake(by, one.mapping_id)
        case _:
            mirrored.answer(by, one.id, Choice(choice), pair=one.pair)


def _told(side: "Snapshot | None") -> str | None:
    """A side in a line. Whoever sits at this terminal may read everything, as `holdfast export` says."""
    if side is None:
        return None
    when = side.when
    return f"{when.start:%Y-%m-%d %H:%M} – {when.end:%Y-%m-%d %H:%M} {when.zone}, “{side.title}”, {side.show_as.value}"
