"""What a measurement answers: figures with their limits, and how they are shown and kept.

A figure without a limit is told beside the others, so that a ratio is never read without what it was made of.
"""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS_JSON = HERE / "results.json"
RESULTS_TEXT = HERE / "results.md"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `most` is its limit; `beside` says what it is a ratio to, or how it came about."""

    name: str
    value: float
    unit: str
    most: float | None = None
    beside: str = ""

    @property
    def passed(self) -> bool:
        return self.most is None or self.value <= self.most

    @property
    def verdict(self) -> str:
        return "" if self.most is None else "holds" if self.passed else "MISSED"

    def cells(self) -> tuple[str, str, str, str, str]:
        limit = "" if self.most is None else f"≤ {_number(self.most)}"
        return self.name, f"{_number(self.value)} {self.unit}".strip(), limit, self.verdict, self.beside


Results = dict[str, list[Figure]]


def table(figures: Iterable[Figure]) -> str:
    rows = [figure.cells() for figure in figures]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return "\n".join(
        "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]).rstrip()
        for row in rows
    )


def keep(results: Results) -> None:
    """Write the results over those of the same benches; the others keep their last figures and their date."""
    kept = json.loads(RESULTS_JSON.read_text()) if RESULTS_JSON.exists() else {}
    at = datetime.now(UTC).isoformat(timespec="minutes")
    for name, figures in results.items():
        told = [asdict(figure) | {"passed": figure.passed} for figure in figures]
        kept[name] = {"at": at, "machine": _machine(), "figures": told}
    RESULTS_JSON.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")
    RESULTS_TEXT.write_text(_page(kept))


def _page(kept: dict[str, dict[str, object]]) -> str:
    lines = [
        "# The last figures",
        "",
        "Written by `make bench`. Compare ratios and counts: seconds are those of the machine named, which may",
        "have had other work. What each bench does stands at the head of its module.",
    ]
    for name, entry in sorted(kept.items()):
        lines += ["", f"## {name}", "", f"{entry['at']}, {entry['machine']}", ""]
        lines += ["| figure | value | limit | | beside |", "|---|---|---|---|---|"]
        for told in entry["figures"]:  # type: ignore[attr-defined]
            figure = Figure(**{key: value for key, value in told.items() if key != "passed"})
            lines.append("| " + " | ".join(figure.cells()) + " |")
    return "\n".join(lines) + "\n"


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    import os

    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}"


def _number(value: float) -> str:
    if value == int(value) and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
