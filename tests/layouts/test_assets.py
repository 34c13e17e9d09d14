"""What the browser gets as files: one Plotly version, one set of colours, no address outside the origin."""

from __future__ import annotations

import json
import re

import brotli
import plotly.offline
import pytest

from layouts.theme import ASSETS, Style, diverging_class, ink_on, mix, tokens

TEMPLATE = json.loads((ASSETS / "plotly_template.json").read_text(encoding="utf-8"))
OWN_TEXTS = sorted(file for file in ASSETS.rglob("*") if file.suffix in {".css", ".js", ".svg", ".json"})
NAMES = re.compile(r"https?://(?:www\.)?w3\.org/")  # XML names, never fetched
FETCHED = re.compile(r"""(?:url\(\s*|src=|href=|@import\s+|fetch\(\s*)["']?(https?:)?//""")
KILOBYTE = 1024


def test_the_bundle_is_the_version_of_the_plotly_package() -> None:
    start = (ASSETS / "00-plotly.min.js").read_text(encoding="utf-8")
    assert f'"{plotly.offline.get_plotlyjs_version()}"' in start


def test_the_bundle_holds_the_traces_in_use_and_no_outside_server() -> None:
    bundle = (ASSETS / "00-plotly.min.js").read_text(encoding="utf-8")
    assert all(f'name:"{kind}"' in bundle for kind in ("scatter", "bar", "heatmap", "treemap"))
    assert not re.search(r"https?://(cdn\.plot\.ly|cloud\.plotly\.com)|new Function|\beval\(", bundle)
    assert '"zh-CN"' in bundle


@pytest.mark.parametrize("file", OWN_TEXTS, ids=lambda file: file.name)
def test_no_file_fetches_from_outside(file) -> None:
    text = file.read_text(encoding="utf-8")
    assert not FETCHED.search(text)
    if file.name != "00-plotly.min.js" and file.name != "bootstrap-reboot.css":
        assert not [found for found in re.findall(r"https?://\S+", text) if not NAMES.match(found)]


def test_every_font_file_named_in_a_style_sheet_exists() -> None:
    for sheet in ASSETS.glob("*.css"):
        named = re.findall(r'url\("?([\w./-]+)"?\)', sheet.read_text(encoding="utf-8"))
        assert [name for name in named if not (ASSETS / name).is_file()] == []


def test_every_icon_in_use_is_in_the_icon_font() -> None:
    sheet = (ASSETS / "icons.css").read_text(encoding="utf-8")
    layouts = ASSETS.parent / "layouts"
    sources = "".join(file.read_text(encoding="utf-8") for file in layouts.rglob("*.py"))
    used = set(re.findall(r'icon\("([a-z0-9-]+)"', sources)) | {"moon", "sun", "lock", "inbox", "exclude", "x-octagon"}
    assert {name for name in used if f".bi-{name}::before" not in sheet} == set()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_tokens_agree_with_the_template(theme) -> None:
    found, about = tokens(theme), TEMPLATE["_about"]
    for name, color in about["semantic"][theme].items():
        assert found[name.replace("_", "-")] == color
    assert [found[f"c-{n}"] for n in range(1, 9)] == TEMPLATE[f"{theme}-desk"]["layout"]["colorway"]
    assert [found[f"ct-{n}"] for n in range(1, 9)] == about["text_safe_colorway"][theme]
    classes = about["diverging_classes"][theme]
    assert list(Style(theme).diverging) == classes["fall_deep_to_light"] + classes["rise_light_to_deep"]
    assert found["div-0"] == classes["zero"]


def test_rise_and_fall_follow_the_setting() -> None:
    assert Style("dark", "cn").rise_color == Style("dark", "intl").fall_color == "#FF8069"
    assert Style("dark", "mono").rise_color == Style("dark", "mono").fall_color == tokens("dark")["text"]
    assert Style("light", "intl").diverging == Style("light", "cn").diverging[::-1]


@pytest.mark.parametrize(
    ("change", "expected"), [(0.1, 4), (5, 4), (5.1, 5), (15.1, 7), (99, 7), (-0.1, 3), (-5, 3), (-15.1, 0)]
)
def test_diverging_classes(change, expected) -> None:
    assert diverging_class(change) == expected


def test_no_change_and_no_value_are_neutral() -> None:
    assert Style().diverging_color(0) == Style().diverging_color(None) == tokens("dark")["div-0"]


def test_colors_are_mixed_and_inked() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert ink_on("#FFFFFF") == "#0A1524"
    assert ink_on("#0A1524") == "#FFFFFF"


def test_what_every_page_loads_stays_small() -> None:
    """Our share of the cold page: bundle, styles, scripts and the fonts of the first slice."""
    later = re.compile("later-")  # fetched when a reader comes near a panel's tools
    texts = [file for file in ASSETS.iterdir() if file.suffix in {".css", ".js"} and not later.match(file.name)]
    compressed = sum(len(brotli.compress(file.read_bytes(), quality=9)) for file in texts)
    first = [file for file in (ASSETS / "fonts").glob("*.woff2") if re.search(r"barlow|serif|icons|-00\.", file.name)]
    fonts = sum(file.stat().st_size for file in first)
    assert compressed < 470 * KILOBYTE
    assert fonts < 430 * KILOBYTE
