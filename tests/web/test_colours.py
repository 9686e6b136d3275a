"""Text can be read in light and in dark: contrast is computed from the custom properties themselves (WCAG 2.2, 1.4.3).

And the promise that all colours and distances stand in one file is kept by reading the others.
"""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "src" / "holdfast" / "web" / "static" / "holdfast" / "css"
JS = CSS.parent / "js"
TEMPLATES = Path(__file__).parents[2] / "src" / "holdfast" / "web" / "templates"
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6,8}), (#[0-9a-f]{6,8})\)")
ON = (
    # what is written on what
    ("text", "surface"), ("text", "surface-sunken"), ("text", "surface-raised"), ("text", "surface-hover"),
    ("text-quiet", "surface"), ("text-quiet", "surface-sunken"), ("text-quiet", "surface-raised"),
    ("link", "surface"), ("link", "surface-sunken"), ("link", "surface-raised"),
    ("ours-text", "ours"), ("ours-soft-text", "ours-soft"), ("ours-soft-text", "surface"),
    ("outlook-text", "outlook"), ("overlap-text", "overlap"), ("overlap-soft-text", "overlap-soft"),
    ("overlap-soft-text", "surface"), ("overlap-soft-text", "surface-raised"), ("broken-text", "broken"),
    ("broken-soft-text", "surface"), ("broken-soft-text", "surface-raised"), ("broken-soft-text", "surface-sunken"),
    ("good-text", "surface"), ("good-text", "surface-raised"), ("good-text", "good-soft"), ("text", "good-soft"),
    ("text", "overlap-soft"), ("button-text", "button"), ("surface", "text"), ("now", "surface"),
)  # fmt: skip
TEXT_MIN = 4.5
SHAPE_MIN = 3.0


def colours(scheme: int) -> dict[str, str]:
    return {name: values[scheme] for name, *values in PAIR.findall((CSS / "tokens.css").read_text())}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_what_it_stands_on(scheme):
    found = colours(scheme)
    weak = [
        (text, ground, round(contrast(found[text], found[ground]), 2))
        for text, ground in ON
        if contrast(found[text], found[ground]) < TEXT_MIN
    ]
    assert not weak


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_focus_and_the_edges_of_fields_can_be_seen(scheme):
    """WCAG 2.2, 1.4.11."""
    found = colours(scheme)
    for shape in ("focus", "line-strong"):
        for ground in ("surface", "surface-sunken", "surface-raised"):
            assert contrast(found[shape], found[ground]) >= SHAPE_MIN, (shape, ground)


def test_all_colours_and_distances_stand_in_one_file():
    for sheet in CSS.glob("*.css"):
        if sheet.name in {"tokens.css", "print.css"}:
            continue
        rules = re.sub(r"/\*.*?\*/|@media[^{]*", "", sheet.read_text(), flags=re.DOTALL)
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules), sheet.name
        assert not re.findall(r"(?<![\w.-])(?!0)\d*\.?\d+(?:px|rem)\b", rules), sheet.name


def test_every_property_that_is_used_is_declared():
    declared = set(re.findall(r"(--[\w-]+):", "".join(sheet.read_text() for sheet in CSS.glob("*.css"))))
    used = set(re.findall(r"var\((--[\w-]+)\)", "".join(sheet.read_text() for sheet in CSS.glob("*.css"))))
    assert {name for name in used if not name.startswith("--ec-")} <= declared


def test_files_stay_short_and_nothing_stands_inline():
    for script in JS.glob("*.js"):
        assert len(script.read_text().splitlines()) <= 150, script.name
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert len(text.splitlines()) <= 80, template.name
        assert not re.search(r"\sstyle=|<style|\son(?!e=)\w+=|javascript:", text), template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template.name
