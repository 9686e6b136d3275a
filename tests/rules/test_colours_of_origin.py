"""Grey is what came from Outlook, dark blue is ours: in what the page is given, and in the colours it gives it."""

import colorsys
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "src" / "holdfast" / "web" / "static" / "holdfast" / "css"


def shades(name):
    """Hue (degrees), saturation and brightness of a colour, in light and in dark."""
    (pair,) = re.findall(
        rf"--{name}: light-dark\(#([0-9a-f]{{6}}), #([0-9a-f]{{6}})\)", (CSS / "tokens.css").read_text()
    )
    found = []
    for text in pair:
        red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (0, 2, 4))
        hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
        found.append((hue * 360, saturation, value))
    return found


@pytest.mark.rule("S080")
def test_what_came_from_outlook_is_grey_and_ours_is_blue():
    """S080: in both schemes; the timeline's class of Outlook's entries uses the grey and no other colour."""
    for _, saturation, _ in shades("outlook"):
        assert saturation < 0.25
    for hue, saturation, _ in shades("ours"):
        assert 195 < hue < 255
        assert saturation > 0.4
    rule = re.search(r"\.ec-event\.is-outlook \{([^}]*)\}", (CSS / "timeline.css").read_text())
    assert rule is not None
    assert "background: var(--outlook)" in rule[1]
