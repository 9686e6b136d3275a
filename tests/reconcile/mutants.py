"""Deliberate bugs, one at a time, in a copy of the core: the tests must notice nearly all of them.

A suite that never fails proves nothing. Each mutant replaces one piece of source in one module; the quick tests of this
folder and a few hundred random walks then run against the copy, in this process. Run as a script for the whole list:

    python -m tests.reconcile.mutants
"""

import inspect
import itertools
import sys
from importlib import import_module
from typing import NamedTuple

from tests.reconcile.core import forget, mutant
from tests.reconcile.series_mutants import SERIES_MUTANTS, SeriesMutant
from tests.reconcile.series_world import series_walk
from tests.reconcile.world import walk

CAUGHT_MIN = 0.95
WALKS = 250
_SERIES_TESTS = ("test_series_histories",)
_TESTS = (
    "test_plan_table", "test_observations", "test_offers", "test_claims", "test_brakes_and_says", "test_choices",
    "test_fields", "test_histories",
)  # fmt: skip


class Mutant(NamedTuple):
    """One bug: where, what was there, what is there now."""

    module: str
    old: str
    new: str
    says: str


MUTANTS: tuple[Mutant, ...] = (
    Mutant("plan", "if link.closed is not None or", "if", "a closed link is planned again"),
    Mutant("plan", "or link.ours is Absence.NOT_WATCHED:", ":", "what is not watched is taken for deleted"),
    Mutant("plan", "if held is not None and held not in _OF_THE_RULES:", "if False:", "parkings do not hold"),
    Mutant("plan", "if isinstance(step, Park) and step.reason is held:", "if False:", "the locked are asked every time"),
    Mutant("plan", "frozenset({Reason.PAUSED, Reason.LOCKED})", "frozenset({Reason.PAUSED})", "locked holds for ever"),
    Mutant("plan", "None if rules.direction is Direction.DOWN else writable(sight)", "writable(sight)", "down writes"),
    Mutant("plan", "if rules.direction is Direction.NONE:", "if False:", "a paused mapping goes on"),
    Mutant("plan", "if link.must_look and sight is not None:", "if False:", "planned without the GET"),
    Mutant("plan", "if len(link.offers) > OFFERS_MAX:", "if False:", "writes without an end"),
    Mutant("plan", "    if case.ours is None:\n        return Nothing()\n", "", "a cancelled booking's create is repeated"),
    Mutant("plan", "Find(created, name) if created.used else Repeat(created, name)", "Repeat(created, name)",
           "a used transaction id is tried for ever"),
    Mutant("plan", "    if edits:\n        return _asked(case, Reason.CANCELLED_HERE)\n", "", "cancelled here beats edited there"),
    Mutant("plan", "if name is not Field.REPLY)", ")", "an answer of the room is taken for an edit"),
    Mutant("plan", "    if theirs.reply is Reply.DECLINED:\n        return Agree(Pair(None, theirs))\n", "",
           "a declined event is declined again"),
    Mutant("plan", "if sight.event_id in case.link.absent or made is None", "if made is None", "a restored event is a zombie"),
    Mutant("plan", "or made[0] != case.link.key:", ":", "another link's event is taken for a zombie"),
    Mutant("plan", "isinstance(claim(unseen, sight), RemoveExtra)", "True", "an edited zombie is deleted"),
    Mutant("plan", "    if case.rules.direction is Direction.UP:\n        return Nothing()\n    if case.verdict", "    if case.verdict",
           "up imports"),
    Mutant("plan", "    if case.verdict is not None:\n        lost", "    if False:\n        lost", "refused events stay"),
    Mutant("plan", "after = fields.in_our_words(theirs, None, case.rules)", "after = theirs", "a new booking takes Exchange's zone"),
    Mutant("plan", "if any(one.kind is Kind.DECLINE for one in case.link.offers):", "if False:",
           "our own decline reads as the organiser's word"),
    Mutant("plan", "    if case.rules.direction is Direction.UP:\n        return _asked(case, Reason.REFUSED)\n", "", "up takes deletions"),
    Mutant("plan", "    if _mine(case, ours, base.ours):\n        return _asked(case, Reason.DELETED_THERE)\n", "",
           "deleted there beats edited here"),
    Mutant("plan", "return _asked(case, Reason.REFUSED, detail=case.verdict.reason)\n    return PullGone()", "return PullGone()\n    return PullGone()",
           "a refused deletion is followed"),
    Mutant("plan", "generation = case.link.generation + 1", "generation = case.link.generation or 1", "the generation never rises"),
    Mutant("plan", "case.rules.may_create and case.rules.direction is not Direction.DOWN", "case.rules.may_create",
           "down creates"),
    Mutant("plan", "accepted = tuple(name for name in their if name not in refused)", "accepted = () if refused else their",
           "a refused time takes the accepted rename with it"),
    Mutant("plan", "if name in case.verdict.fields) or other", "if name in case.verdict.fields)",
           "a refusal that names nothing is asked for ever"),
    Mutant("plan", "        return other\n    # A refusal", "        return ()\n    # A refusal", "up lets changes in"),
    Mutant("plan", "    if not differing:\n        return Agree", "    if False:\n        return Agree", "a PATCH that changes nothing"),
    Mutant("plan", "differing = fields.changed(edits.theirs, wanted, edits.mine)", "differing = case.flow.out",
           "a push sends the whole snapshot"),
    Mutant("plan", "onto = fields.take(edits.theirs, edits.their_base, refused)", "onto = edits.theirs",
           "refused values are not put back"),
    Mutant("plan", "half = fields.take(edits.base, edits.ours, edits.mine)\n    if not", "half = edits.base\n    if not",
           "a push agrees on the old half"),
    Mutant("plan", "return Patch(case.target, differing, wanted, Pair(half, wanted))",
           "return Patch(case.target, differing, wanted, Pair(half, edits.their_base))", "a push agrees on their old half"),
    Mutant("plan", "born_there = case.link.generation == 0", "born_there = True", "our own bookings are locked"),
    Mutant("plan", "not born_there or case.rules", "True or case.rules", "locked edits go out"),
    Mutant("plan", "if put_back_too_often(case.link, now=case.now):", "if False:", "put back for ever"),
    Mutant("plan", "put_back=True, conflicts=lost", "conflicts=lost", "putting back is not counted"),
    Mutant("plan", "    if edits.theirs.reply is Reply.DECLINED:\n        return PullGone()\n", "", "declined twice"),
    Mutant("plan", "replace(ours, people=(), categories=())", "replace(ours)", "adoption loses guests"),
    Mutant("merge", "pair=Pair(fields.take(base, edits.ours, agreeing), fields.take(edits.their_base, edits.theirs, edits.accepted)),",
           "pair=Pair(edits.base, edits.their_base),", "a merge does not rebase"),
    Mutant("merge", "fields.take(base, edits.ours, agreeing)", "base", "what both said alike is in Exchange's words"),
    Mutant("merge", "for name in edits.accepted if name not in kept and name not in agreeing", "for name in edits.accepted if name not in agreeing",
           "ours never wins"),
    Mutant("merge", "name for name in edits.accepted if name in edits.mine and _differ", "name for name in edits.accepted if _differ",
           "one-sided edits are conflicts"),
    Mutant("merge", "if contested and rules.both_edited is Winner.ASK:", "if False:", "nobody is asked"),
    Mutant("merge", "for name in contested\n        ),", "for name in ()\n        ),", "the loser vanishes"),
    Mutant("merge", "words = fields.in_our_words(edits.theirs, edits.ours, rules)", "words = edits.theirs", "a move takes our zone's name"),
    Mutant("merge", "readable = fields.read_back(edits.ours)\n    return tuple(name for name in edits.accepted if name in edits.mine and _differ",
           "readable = edits.ours\n    return tuple(name for name in edits.accepted if name in edits.mine and _differ",
           "our own value, trimmed, is a conflict"),
    Mutant("offers", "link = replace(link, must_look=True, put_backs=", "link = replace(link, put_backs=", "a crash after saving is not looked at"),
    Mutant("offers", "Pair(offer.pair.ours, sight.said),\n        offers=_still_open", "Pair(link.ours, sight.said),\n        offers=_still_open",
           "agreed is ours as it is now, not as it was sent"),
    Mutant("offers", "agreed=Pair(offer.pair.ours, theirs),", "agreed=Pair(link.ours, theirs),", "an edit during a create is lost"),
    Mutant("offers", "theirs = offer.pair.theirs if repeated else sight.said", "theirs = sight.said", "a repeat's answer is an agreement"),
    Mutant("offers", "must_look=repeated,", "must_look=False,", "no GET after a repeated create"),
    Mutant("offers", "if sight.etag == offer.etag or (held is not None and is_older(sight, held)):", "if False:", "an old body is an answer"),
    Mutant("offers", "sight.etag == offer.etag or (held", "(held", "a body with the etag we sent is an answer"),
    Mutant("offers", "or (held is not None and is_older(sight, held)):", ":", "an older body is an answer"),
    Mutant("offers", "agreed=NOTHING if deleted else link.agreed", "agreed=NOTHING", "any absence is agreed on"),
    Mutant("offers", "if one.event_id != event_id or one.kind is not Kind.DELETE", "if one.event_id != event_id",
           "a decline is forgotten with its event"),
    Mutant("offers", "or one.kind is not Kind.DELETE", "or one.kind is Kind.DECLINE", "a landed change is forgotten with its event"),
    Mutant("offers", "absent=with_id(link.absent, event_id),", "", "a confirmed absence is not remembered"),
    Mutant("offers", "known=with_id(link.known, sight.event_id),\n        must_look=repeated,", "must_look=repeated,", "own events are not acknowledged"),
    Mutant("offers", "        agreed=offer.pair,\n        offers=()", "        agreed=Pair(offer.pair.ours, sight.said),\n        offers=()",
           "an edit after the create is agreed"),
    Mutant("offers", "and sight.marker == offer.number:", "and sight.said == offer.pair.theirs:", "offers are folded by equality"),
    Mutant("offers", "link = replace(link, agreed=offer.pair, offers=_after(link.offers, offer))",
           "link = replace(link, agreed=Pair(offer.pair.ours, sight.said), offers=_after(link.offers, offer))",
           "what theirs says now is agreed when the marker is seen"),
    Mutant("offers", " and offer.etag != sight.etag", "", "offers end while their etag stands"),
    Mutant("offers", "    if sight.marker is None and sight.said is not None:", "    if False:", "a lost marker is not made up for"),
    Mutant("offers", "    if sight.marker is None and sight.said", "    if sight.said", "equality is believed beside a marker"),
    Mutant("offers", "return replace(link, offers=tuple(one for one in link.offers if one not in dead))", "return link", "dead offers stay"),
    Mutant("offers", "case Failure.NOT_THERE if offer.event_id:", "case Failure.NOT_THERE if False:", "404 on delete is a failure"),
    Mutant("offers", "return _with_offer(link, replace(offer, used=True))", "return not_found(link, offer.number)", "a used id makes a second event"),
    Mutant("offers", "link = _with_offer(link, replace(offer, refused=True))", "link = not_found(link, offer.number)", "a refused create is forgotten"),
    Mutant("offers", "return replace(link, parked=parked_as(link, Reason.FAILED, now=now, detail=detail))", "return link", "a refused write is sent for ever"),
    Mutant("offers", "return (*link.made, *gaps, fingerprint(step.pair.theirs))", "return ()", "extras are not known"),
    Mutant("observations", "if link.closed is not None:", "if False:", "a closed link hears"),
    Mutant("observations", "    if held.said is None:\n        return link, Outcome.SAME\n    return _ask(link)", "    return link, Outcome.SAME", "removals are ignored"),
    Mutant("observations", "    if held.said is None:\n        return link, Outcome.SAME\n    return _ask(link)", "    return offers.gone(link, event_id), Outcome.TAKEN",
           "removals are believed"),
    Mutant("observations", "if held is not None and held.said is not None and held.event_id != sight.event_id:", "if False:", "a live link takes other ids"),
    Mutant("observations", "    if held.said is not None and offers.is_older(sight, held):\n        return link, Outcome.OLDER  #", "    if False:\n        return link, Outcome.OLDER  #",
           "stale reads are believed"),
    Mutant("observations", "    if offers.is_older(sight, held):\n", "    if False:\n", "old pages are believed"),
    Mutant("observations", "if held.said is None and (not held.etag or held.etag != sight.etag):", "if False:", "an old page wakes the dead"),
    Mutant("observations", "if sight.event_id in link.absent or sight.modified == held.modified", "if sight.modified == held.modified", "what came back is believed from pages"),
    Mutant("observations", "sight.modified == held.modified or ", "", "of two changes in one tick the first stands"),
    Mutant("observations", " or _has_conditional(link):", ":", "a delta item moves theirs under an open offer"),
    Mutant("observations", "link = replace(offers.fold(link, sight), must_look=False)", "link = replace(link, must_look=False)", "a GET does not fold"),
    Mutant("observations", "link = replace(offers.fold(link, sight), must_look=False)", "link = offers.fold(link, sight)", "looked at for ever"),
    Mutant("observations", "offer.kind is Kind.CREATE and not offer.refused", "False", "an open create takes strangers"),
    Mutant("observations", "sight.transaction_id == transaction_id(link.key, offer.generation)", "sight.transaction_id", "any transaction is ours"),
    Mutant("observations", "<= window_start", "< window_start", "the window's edge is asked about"),
    Mutant("claims", "made is None or made[0] != link.key or sight.event_id in link.known", "made is None or made[0] != link.key", "acknowledged events are extras"),
    Mutant("claims", "made is None or made[0] != link.key or sight", "made is None or sight", "other links' events are extras"),
    Mutant("claims", "if target is None or sight.said.people or not _is_untouched(", "if target is None or not _is_untouched(", "an extra with guests is cancelled"),
    Mutant("claims", "or not _is_untouched(link, made[1], sight.said):", ":", "an edited extra is deleted"),
    Mutant("claims", "if len(ids) == 1 and len(alike", "if len(alike", "of many alike the first is guessed"),
    Mutant("doing", "again=True, must_look=link.theirs is not None", "again=True", "made again without looking once more"),
    Mutant("doing", "again=True, must_look=link.theirs", "must_look=link.theirs", "kept, and asked about for ever"),
    Mutant("observations", "again = link.again and sight.said is None", "again = link.again", "made again for ever after"),
    Mutant("doing", "half = fields.take(step.pair.ours, ours, adapted)", "half = ours", "an edit during the verb is agreed"),
    Mutant("doing", "half = fields.take(step.pair.ours, ours, adapted)", "half = step.pair.ours", "what a verb rounds is pushed"),
    Mutant("doing", "offers=tuple(one for one in link.offers if one.kind is Kind.CREATE)", "offers=()", "a claim is forgotten"),
    Mutant("choices", "if fingerprints(link) != (answer.ours, answer.theirs):", "if False:", "an answer about another pair is followed"),
    Mutant("choices", "return Agree(Pair(words, theirs))", "return Agree(NOTHING)", "ours at None does not take the event away"),
    Mutant("choices", "if ours_to_make and (link.theirs is None or link.theirs.may_write):", "if ours_to_make:", "others' events are made again"),
    Mutant("choices", "if link.parked is not None and link.parked.reason in _WHOLE:", "if False:", "refused values are pulled by choosing ours"),
    Mutant("resting", "return fingerprints(link) == (parked.ours, parked.theirs)", "return True", "parked although the pair moved"),
    Mutant("resting", "now >= parked.until", "now > parked.until", "a parking outlives its time"),
    Mutant("resting", "(sight.said, sight.may_write)", "(sight.said, True)", "the right to write is no part of the pair"),
    Mutant("resting", ">= PUT_BACK_MAX", "> PUT_BACK_MAX", "put back once more"),
    Mutant("brakes", "if total > allowed or", "if asked > allowed or", "the hour is not counted"),
    Mutant("brakes", "total >= before", "total > before", "all of three may go"),
    Mutant("brakes", "before >= ALL_MIN", "before > ALL_MIN", "three are not many"),
    Mutant("brakes", "max(DELETIONS_FREE, before", "min(DELETIONS_FREE, before", "the brake counts the smaller"),
    Mutant("brakes", "total > allowed", "total >= allowed", "ten are too many"),
    Mutant("brakes", "before = future + lately", "before = future", "the brake forgets what is gone"),
    Mutant("sets", "for name in was.keys() - is_.keys():\n        result.pop(name, None)", "pass", "removals are not carried"),
    Mutant("sets", "result = key(base), key(now), dict(key(onto))", "result = key(base), key(now), dict(key(now))", "a set is sent as ours alone"),
    Mutant("sets", "if name not in was or was[name][0] != one[0]", "if name not in was", "changed roles are not carried"),
    Mutant("fields", "into=False,\n        wins", "wins", "categories come in"),
    Mutant("fields", '"as read", out=False', '"as read"', "answers go out"),
    Mutant("fields", "doubted = sight.copied and not rules.attendant_keeps", "doubted = False", "a room's copy is believed"),
    Mutant("fields", "doubted = sight.copied and not rules.attendant_keeps", "doubted = sight.copied", "the mapping's word is not heard"),
    Mutant("fields", "if row.out and not (online and row.doubt is Doubt.ONLINE)", "if row.out", "the join link is overwritten"),
    Mutant("fields", "return _STRICTNESS[ours.sensitivity] > _STRICTNESS[theirs.sensitivity]", "return False", "a merge exposes"),
    Mutant("says", "show_as=ShowAs.TENTATIVE, people=()", "show_as=ShowAs.TENTATIVE", "a hold invites guests"),
    Mutant("steps", "or not sight.may_write", "", "a right to write from nothing"),
)  # fmt: skip


def caught(one: Mutant | SeriesMutant) -> str:
    """The name of the test that notices the bug, or nothing."""
    core = mutant(one.module, one.old, one.new)
    try:
        for name, test, arguments in _tests(_TESTS if isinstance(one, Mutant) else _SERIES_TESTS):
            try:
                test(core=core, **arguments)
            except Exception:  # noqa: BLE001  whatever breaks, breaks: that is what a mutant is for
                return name
        for seed in range(WALKS):
            try:
                (walk if isinstance(one, Mutant) else series_walk)(core, seed)
            except Exception:  # noqa: BLE001
                return f"walk {seed}"
        return ""
    finally:
        forget(core)


def _tests(files):
    """Every test of these files that takes the core, with each set of its arguments."""
    for module in map(import_module, (f"tests.reconcile.{name}" for name in files)):
        for name, test in vars(module).items():
            if name.startswith("test_") and "core" in inspect.signature(test).parameters:
                for arguments in _arguments(test):
                    yield f"{name} {arguments or ''}", test, arguments


def _arguments(test):
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    choices = []
    for mark in marks:
        names, values = mark.args
        names = [names] if isinstance(names, str) else list(names)
        choices.append([dict(zip(names, [value] if len(names) == 1 else value, strict=True)) for value in values])
    for combination in itertools.product(*choices):
        yield {key: value for part in combination for key, value in part.items()}


ALL: tuple[Mutant | SeriesMutant, ...] = (*MUTANTS, *SERIES_MUTANTS)
UNHARMED = Mutant(
    "plan",
    "return Nothing()\n    if is_equal(link):",
    "return Nothing()\n    if is_equal(link) is True:",
    "no bug at all",
)


def main() -> int:
    assert not caught(UNHARMED), f"the tests fail without any bug: {caught(UNHARMED)}"
    missed = []
    for one in ALL:
        by = caught(one)
        print(f"{'caught' if by else 'MISSED'}  {one.module:13} {one.says:58} {by}")  # noqa: T201  a script's output
        if not by:
            missed.append(one)
    share = 1 - len(missed) / len(ALL)
    print(f"{len(ALL)} mutants, {len(missed)} missed: {share:.1%} caught")  # noqa: T201
    return 0 if share >= CAUGHT_MIN else 1


if __name__ == "__main__":
    sys.exit(main())
