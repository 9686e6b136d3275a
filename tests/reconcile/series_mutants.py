"""Deliberate bugs in the modules that know series; `mutants` runs them with the others."""

from typing import NamedTuple


class SeriesMutant(NamedTuple):
    """One bug: where, what was there, what is there now."""

    module: str
    old: str
    new: str
    says: str


SERIES_MUTANTS: tuple[SeriesMutant, ...] = tuple(
    SeriesMutant(*each)
    for each in (
        ("repeating", "or master.ours is Absence.NOT_WATCHED or _holds(series, now=now):", ":", "a question is asked again"),
        ("repeating", "if not isinstance(step, Look) and not master.offers:", "if False:", "nothing is asked of the whole"),
        ("repeating", "if rules.direction is not Direction.BOTH:\n        return None\n    mine", "mine", "one-way series are asked"),
        ("repeating", "detail=_days(mine)) if mine else None", "detail=_days(mine)) if False else None", "deleted there beats a date edited here"),
        ("repeating", "detail=_days(their)) if their else None", "detail=_days(their)) if False else None", "cancelled here beats a date edited there"),
        ("repeating", "return None if _to_the_same(master) else Park(Reason.REPATTERNED)", "return Park(Reason.REPATTERNED)", "equal patterns are asked"),
        ("repeating", "return None if _to_the_same(master) else Park(Reason.REPATTERNED)", "return None", "two patterns are merged"),
        ("repeating", "against = mine if by_them else their if by_us else ()", "against = mine if by_them else ()", "our pattern drops their dates"),
        ("repeating", "against = mine if by_them else their if by_us else ()", "against = their if by_us else ()", "their pattern drops our dates"),
        ("repeating", "steps.sort(key=lambda each: _turn(series, each))", "", "writes go out in any order"),
        ("repeating", "if crossing:", "if False:", "crossing moves are sent"),
        ("repeating", "planned if held.etag else", "planned if True else", "a date is written without its etag"),
        ("repeating", "if isinstance(planned.step, Create | Repeat):", "if False:", "a lost date is made again"),
        ("repeating", "return 0, day.toordinal()", "return 9, day.toordinal()", "deletions come last"),
        ("repeating", "(1, -day.toordinal()) if goes_forward", "(1, day.toordinal()) if goes_forward", "forward moves begin with the first"),
        ("repeating", "else (2, day.toordinal())", "else (2, -day.toordinal())", "backward moves begin with the last"),
        ("repeating", "if isinstance(step, Delete):\n            stands[day] = None\n        elif", "if", "a cancelled date still stands in the way"),
        ("repeating", "(before is None or before < at) and", "", "a date passes the one before it"),
        ("repeating", "and (after is None or at < after)", "", "a date passes the one after it"),
        ("repeating", "(after is None or at < after)", "(after is None or at <= after)", "two dates stand on one day"),
        ("series", "series.master.agreed.ours or first, series.master.agreed.theirs or (rest[0] if rest else first)", "series.master.ours, series.master.theirs.said", "the ground moves with every edit"),
        ("series", "return replace(master, when=recurrence.occurrence(master.when, day), pattern=None)", "return replace(master, pattern=None)", "every date is the first"),
        ("series", "names = fields.changed(base, said, _OF_A_DATE)", "names = _OF_A_DATE", "an exception owns every field"),
        ("series", "generation=series.master.generation,", "generation=0,", "our own dates are locked"),
        ("series", "if not _follows(made):", "if True:", "dates that follow are kept for ever"),
        ("series", "ours=each.ours if ours_stay else FOLLOWS", "ours=FOLLOWS", "a pattern drops our exceptions"),
        ("series", "if pattern is not None and recurrence.has(pattern, each.day)", "if pattern is not None", "dates outside the pattern stay"),
        ("series", "must_look=held.must_look,", "", "a date is planned without its GET"),
        ("series", "put_backs=held.put_backs,", "", "put back for ever, date by date"),
        ("series_doing", "if outcome in (Outcome.OLDER, Outcome.OTHER, Outcome.CLOSED):", "if outcome in (Outcome.OTHER, Outcome.CLOSED):", "a stale read of a series counts"),
        ("series_doing", "for day in sorted({each.day for each in series.dates} | look.exceptions.keys() | look.deleted):", "for day in sorted(look.exceptions.keys() | look.deleted):", "a date that follows again is not seen"),
        ("series_doing", "| look.deleted):\n", "):\n", "a deleted date is not seen"),
        ("series_doing", "Source.ROUND if held.offers or held.must_look else Source.GET", "Source.GET", "a lost answer is folded without its marker"),
        ("series_doing", "observation = Seen(_on_ground(series, day, observation.sight), observation.source)", "pass", "what a date inherits is its own edit"),
        ("series_doing", "response = offers.Landed(_on_ground(series, day, response.sight))", "pass", "an answer makes inherited fields a date's own"),
        ("series_doing", "return replace(series, master=replace(series.master, must_look=True), remade=remade)", "return series", "exceptions are not read after a pattern"),
        ("series_doing", "return begun_anew(series, ours_stay=False)", "return series", "our exceptions outlive their pattern"),
        ("series_doing", "or _is_another_event(series.master, master)", "", "a series made again is taken for the old one"),
        ("series_doing", "return _all_taken_in(series, rules)", "return series", "exceptions of a new series are edits"),
        ("series_doing", "return replace(series, dates=(), parked=None)", "return series", "dates outlive their series"),
        ("series_doing", "if series.remade and look.master.etag == series.remade:", "if series.remade:", "an edit after our new hour is overwritten"),
        ("series_doing", "if series.remade and look.master.etag == series.remade:", "if False:", "an exception that Exchange keeps keeps its old hour"),
        ("series", "return replace(said, when=times.canonical(said.when))", "return said", "a skipped hour is taken for a move"),
        ("repeating", "asks = link.parked is not None and link.must_look", "asks = False", "a parked date is never read again"),
        ("series_choices", "if prints != (answer.ours, answer.theirs) or", "if", "an answer about a series that moved counts"),
        ("series_choices", "case Reason.CROSSING if not theirs_stand:", "case Reason.CROSSING if False:", "crossing dates are sent by choice"),
        ("series_choices", "noted = tuple(replace(each, agreed=replace(each.agreed, theirs=each.theirs)) for each in series.dates)", "noted = series.dates", "cancelled here is asked for ever"),
        ("series_choices", "series = _date_as_theirs(series, each, rules)", "pass", "theirs stands for the pattern only"),
        ("series_choices", "agreed=DatePair(each.theirs, each.theirs), parked=None", "parked=None", "ours stands for the pattern only"),
        ("series_choices", "if following.day is not None and isinstance(step, Agree) and step.again:", "if False:", "a lost date is promised"),
    )
)  # fmt: skip
