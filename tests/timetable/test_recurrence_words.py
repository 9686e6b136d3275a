"""What a person reads of a pattern before saving it."""

from datetime import date

import pytest

from holdfast.timetable.recurrence import Kind, Pattern, fault
from holdfast.timetable.recurrence_words import next_dates, sentence

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)

SENTENCES = [
    (
        Pattern(Kind.WEEKLY, MONDAY, 2, days=(0, 4), count=26),
        "Every second week on Monday and Friday, 26 times, from 2 March 2026",
    ),
    (Pattern(Kind.DAILY, MONDAY), "Every day, without end, from 2 March 2026"),
    (Pattern(Kind.DAILY, MONDAY, 3, count=1), "Every 3 days, once, from 2 March 2026"),
    (
        Pattern(Kind.WEEKLY, TUESDAY, days=(3, 1, 0)),
        "Every week on Monday, Tuesday and Thursday, without end, from 3 March 2026",
    ),
    (
        Pattern(Kind.WEEKLY, MONDAY, days=(0, 1, 2, 3, 4), until=date(2026, 12, 18)),
        "Every week on Monday to Friday, until 18 December 2026, from 2 March 2026",
    ),
    (Pattern(Kind.WEEKLY, MONDAY, days=tuple(range(7))), "Every day, without end, from 2 March 2026"),
    (Pattern(Kind.MONTHLY_ON_DAY, TUESDAY, day_of_month=3), "Every month on the 3rd, without end, from 3 March 2026"),
    (
        Pattern(Kind.MONTHLY_ON_DAY, date(2026, 3, 12), 2, day_of_month=12, count=6),
        "Every second month on the 12th, 6 times, from 12 March 2026",
    ),
    (
        Pattern(Kind.MONTHLY_ON_DAY, date(2026, 1, 30), day_of_month=30),
        "Every month on the 30th (the last day of a shorter month), without end, from 30 January 2026",
    ),
    (
        Pattern(Kind.MONTHLY_ON_DAY, date(2026, 3, 31), day_of_month=31),
        "Every month on the last day, without end, from 31 March 2026",
    ),
    (
        Pattern(Kind.MONTHLY_ON_WEEKDAY, TUESDAY, days=(1,), place=1),
        "Every month on the first Tuesday, without end, from 3 March 2026",
    ),
    (
        Pattern(Kind.MONTHLY_ON_WEEKDAY, TUESDAY, days=(1, 3), place=-1),
        "Every month on the last Tuesday or Thursday, without end, from 3 March 2026",
    ),
    (
        Pattern(Kind.MONTHLY_ON_WEEKDAY, MONDAY, days=(0, 1, 2, 3, 4), place=1),
        "Every month on the first weekday, without end, from 2 March 2026",
    ),
    (
        Pattern(Kind.MONTHLY_ON_WEEKDAY, MONDAY, days=(5, 6), place=2),
        "Every month on the second weekend day, without end, from 2 March 2026",
    ),
    (
        Pattern(Kind.YEARLY_ON_DAY, date(2026, 5, 22), day_of_month=22, month=5),
        "Every year on 22 May, without end, from 22 May 2026",
    ),
    (
        Pattern(Kind.YEARLY_ON_DAY, date(2028, 2, 29), day_of_month=29, month=2, count=4),
        "Every year on 29 February (28 in a shorter one), 4 times, from 29 February 2028",
    ),
    (
        Pattern(Kind.YEARLY_ON_WEEKDAY, date(2026, 11, 26), days=(3,), place=4, month=11),
        "Every year on the fourth Thursday of November, without end, from 26 November 2026",
    ),
]


@pytest.mark.parametrize(("pattern", "said"), SENTENCES, ids=[said for _, said in SENTENCES])
def test_a_pattern_is_told_in_one_plain_sentence(pattern, said):
    assert fault(pattern) is None
    assert sentence(pattern) == said


def test_ordinals_are_those_that_people_say():
    told = [sentence(Pattern(Kind.MONTHLY_ON_DAY, MONDAY, day_of_month=day)) for day in (1, 2, 11, 21, 22, 23)]

    assert [each.split(",")[0].removeprefix("Every month on the ") for each in told] == [
        *("1st", "2nd", "11th", "21st", "22nd", "23rd"),
    ]


def test_the_next_dates_begin_where_one_looks_and_stop_where_the_series_does():
    pattern = Pattern(Kind.WEEKLY, MONDAY, days=(0,), count=4)

    assert next_dates(pattern, MONDAY, most=2) == (MONDAY, date(2026, 3, 9))
    assert next_dates(pattern, date(2026, 3, 10)) == (date(2026, 3, 16), date(2026, 3, 23))
    assert next_dates(pattern, date(2027, 1, 1)) == ()
