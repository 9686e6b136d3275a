"""No failure of the museum is forgotten: each number stands in a test's marker, or in the list of what cannot be shown yet."""

from pathlib import Path

from tools.rules import marked

HERE = Path(__file__).parent


def lines(name):
    return [line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")]


def test_every_number_is_shown_by_a_test_or_listed_with_what_is_missing():
    numbers = lines("numbers.txt")
    shown, waiting = set(marked("museum")), dict(line.split("\t") for line in lines("not_yet.tsv"))

    assert len(numbers) == len(set(numbers))
    assert shown | set(waiting) == set(numbers)
    assert shown & set(waiting) == set(), "shown by now: strike them off the list"
    assert all(reason.strip() for reason in waiting.values())
