"""Make the fonts, the icon font, their style sheets and the watermark in out/ from the npm packages.

The texts of the repository decide what loads at once: characters of the screen's own words, of the names in the
catalogue and of the sources stand in one slice per weight; all other characters of GB 2312 stand in further slices,
in order of frequency, which a browser fetches only when a character in them is shown (``unicode-range``).

Usage: python3 fonts.py [repository]   (needs fonttools with brotli: pip install "fonttools[woff]")
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
REPOSITORY = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE.parent.parent
PACKAGES = HERE / "node_modules"
OUT = HERE / "out"
SLICE_SIZE = 420
SHORT_LIST_BYTES = 20_000  # the long code lists (all industries, all goods) would fill the first slice
SIGNS = "▲▼■●◐△⬡▬　、。·，：；？！（）《》“”‘’—–…×→‹›−％±≥≤ⅠⅡⅢⅣ①②③④⑤℃㎡"
LATIN = "".join(
    map(
        chr,
        [
            *range(0x20, 0x7F),
            *range(0xA0, 0x100),
            0x2013,
            0x2014,
            0x2018,
            0x2019,
            0x201C,
            0x201D,
            0x2022,
            0x2026,
            0x20AC,
            0x2212,
        ],
    )
)
CJK_WEIGHTS = {400: "400 500", 700: "600 900"}
LATIN_WEIGHTS = {"barlow": (400, 500, 600, 700), "barlow-semi-condensed": (400, 500, 600)}
FAMILY = {"barlow": "Barlow", "barlow-semi-condensed": "Barlow Semi Condensed"}
NAME_LINE = re.compile(r'^\s*\w*(?:name|short|title|publisher|unit|place|note|sea_lines)_zh\s*=\s*"(.*)"', re.MULTILINE)
TITLE_LINE = re.compile(r'^\s*(?:title|name|short)_zh\s*=\s*"(.*)"', re.MULTILINE)


def is_wide(character: str) -> bool:
    """Tell whether a character is Chinese or a sign that comes with the Chinese font."""
    return ord(character) >= 0x2E80 or character in SIGNS


def screen_characters() -> set[str]:
    """Return every wide character the screen is likely to show at once."""
    texts = [SIGNS]
    for folder, pattern in (("layouts", "**/*.py"), ("callbacks", "**/*.py"), ("assets", "*.js")):
        files = (REPOSITORY / folder).glob(pattern)
        texts += [file.read_text(encoding="utf-8") for file in files if not file.name.startswith("00-")]
    for folder in ("data/catalogue", "data/sources"):
        for file in (REPOSITORY / folder).rglob("*.toml"):
            texts += NAME_LINE.findall(file.read_text(encoding="utf-8"))
    texts += [file.read_text(encoding="utf-8") for file in (REPOSITORY / "data/catalogue").glob("*.toml")]
    lists = [file for file in (REPOSITORY / "data/catalogue").rglob("*.csv") if file.stat().st_size < SHORT_LIST_BYTES]
    texts += [file.read_text(encoding="utf-8-sig") for file in lists]
    return {character for text in texts for character in text if is_wide(character)}


def by_frequency() -> list[str]:
    """Return the characters of GB 2312 in the order of the package's slices, the commonest slice first."""
    style = (PACKAGES / "@fontsource/noto-sans-sc/400.css").read_text(encoding="utf-8")
    ordered: dict[str, None] = {}
    for ranges in reversed(re.findall(r"unicode-range: ([^;]+);", style)):
        for low, _, high in (part.strip()[2:].partition("-") for part in ranges.split(",")):
            ordered |= dict.fromkeys(map(chr, range(int(low, 16), int(high or low, 16) + 1)))
    return [character for character in ordered if is_wide(character) and in_gb2312(character)]


def in_gb2312(character: str) -> bool:
    """Tell whether a character belongs to the 6 763 of GB 2312 and its signs."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def subset(source: Path, characters: Iterable[str], target: str) -> set[str]:
    """Write a font with these characters only; return the ones it has."""
    font = TTFont(source)
    known = {chr(point) for point in font.getBestCmap()}
    kept = known & set(characters)
    options = Options(
        flavor="woff2",
        layout_features=["kern", "liga", "tnum", "lnum", "locl", "ccmp", "mark"],
        hinting=False,
        notdef_outline=True,
        desubroutinize=True,
    )
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(kept))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(OUT / "fonts" / target)
    return kept


def unicode_range(characters: Iterable[str]) -> str:
    """Return the characters as a CSS unicode-range."""
    points, ranges = sorted(map(ord, characters)), []
    for point in points:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ",".join(f"U+{low:X}" if low == high else f"U+{low:X}-{high:X}" for low, high in ranges)


def face(family: str, weight: str | int, file: str, characters: Iterable[str] | None = None) -> str:
    """Return one @font-face rule."""
    limits = f"unicode-range:{unicode_range(characters)};" if characters is not None else ""
    return (
        f'@font-face{{font-family:"{family}";font-style:normal;font-display:swap;font-weight:{weight};'
        f'src:url("fonts/{file}") format("woff2");{limits}}}'
    )


def latin_fonts() -> list[str]:
    """Write the fonts of letters and digits; return their rules."""
    rules = []
    for package, weights in LATIN_WEIGHTS.items():
        for weight in weights:
            file = f"{package}-{weight}.woff2"
            source = PACKAGES / f"@fontsource/{package}/files/{package}-latin-{weight}-normal.woff2"
            rules.append(face(FAMILY[package], weight, file, subset(source, LATIN, file)))
    return rules


def chinese_fonts() -> list[str]:
    """Write the slices of the Chinese font; return their rules."""
    first = screen_characters()
    rest = [character for character in by_frequency() if character not in first]
    slices = [first, *(rest[start : start + SLICE_SIZE] for start in range(0, len(rest), SLICE_SIZE))]
    rules = []
    for number, characters in enumerate(slices):
        for weight, weights in CJK_WEIGHTS.items():
            source = PACKAGES / f"@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-{weight}-normal.woff2"
            file = f"noto-sans-sc-{weight}-{number:02d}.woff2"
            rules.append(face("Noto Sans SC", weights, file, subset(source, characters, file)))
    return rules + sign_fonts()


def sign_fonts() -> list[str]:
    """Write the signs (▲, Ⅲ …) that the package keeps only in its numbered slices; return their rules."""
    rules = []
    for weight, weights in CJK_WEIGHTS.items():
        whole = PACKAGES / f"@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-{weight}-normal.woff2"
        missing = set(SIGNS) - {chr(point) for point in TTFont(whole).getBestCmap()}
        for number in range(4, 120):
            source = PACKAGES / f"@fontsource/noto-sans-sc/files/noto-sans-sc-{number}-{weight}-normal.woff2"
            found = missing & {chr(point) for point in TTFont(source).getBestCmap()} if source.is_file() else set()
            if found:
                file = f"noto-sans-sc-{weight}-signs-{number}.woff2"
                rules.append(face("Noto Sans SC", weights, file, subset(source, found, file)))
                missing -= found
    return rules


def title_font() -> list[str]:
    """Write the font of the page title; return its rules."""
    titles = "".join(
        text
        for file in (REPOSITORY / "data/catalogue").glob("*.toml")
        for text in TITLE_LINE.findall(file.read_text(encoding="utf-8"))
    )
    wanted = {character for character in titles + "青岛西海岸新区经济发展一屏通览" if is_wide(character)}
    source = PACKAGES / "@fontsource/noto-serif-sc/files/noto-serif-sc-chinese-simplified-700-normal.woff2"
    rules = [face("Noto Serif SC", 700, "noto-serif-sc-700.woff2", subset(source, wanted, "noto-serif-sc-700.woff2"))]
    latin = PACKAGES / "@fontsource/noto-serif-sc/files/noto-serif-sc-latin-700-normal.woff2"
    rules.append(
        face(
            "Noto Serif SC", 700, "noto-serif-sc-700-latin.woff2", subset(latin, LATIN, "noto-serif-sc-700-latin.woff2")
        )
    )
    return rules


def icons() -> None:
    """Write the icon font and its style sheet with the icons named in the layouts and scripts."""
    points: dict[str, int] = json.loads((PACKAGES / "bootstrap-icons/font/bootstrap-icons.json").read_text())
    files = [
        *(REPOSITORY / "layouts").rglob("*.py"),
        *(file for file in (REPOSITORY / "assets").glob("*.js") if not file.name.startswith("00-")),
    ]
    named = {
        name
        for file in files
        for name in re.findall(r'["\'](?:bi-)?([a-z0-9-]+)["\']', file.read_text(encoding="utf-8"))
    }
    used = sorted(named & set(points))
    subset(
        PACKAGES / "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
        (chr(points[name]) for name in used),
        "icons.woff2",
    )
    rules = [
        '@font-face{font-family:"bootstrap-icons";font-display:block;src:url("fonts/icons.woff2") format("woff2")}'
    ]
    rules.append(
        '.bi::before{display:inline-block;font-family:"bootstrap-icons";font-style:normal;font-weight:400;line-height:1;vertical-align:-.125em;-webkit-font-smoothing:antialiased}'
    )
    rules += [f'.bi-{name}::before{{content:"\\{points[name]:x}"}}' for name in used]
    (OUT / "icons.css").write_text(
        "/* Bootstrap Icons (MIT): the ones in use. */\n" + "\n".join(rules) + "\n", encoding="utf-8"
    )


def watermark(words: str, source: Path, file: str, size: float) -> None:
    """Write slanted words as outlines: a mask picture cannot use the fonts of the page."""
    font = TTFont(source)
    glyphs, cmap, scale = font.getGlyphSet(), font.getBestCmap(), size / font["head"].unitsPerEm
    paths, advance = [], 0.0
    for character in words:
        glyph, pen = glyphs[cmap[ord(character)]], SVGPathPen(glyphs, ntos=lambda value: f"{value:.0f}")
        glyph.draw(pen)
        paths.append(f'<path transform="translate({advance:.1f} 0)" d="{pen.getCommands()}"/>')
        advance += glyph.width + 3 / scale
    middle = f"rotate(-16 144 64) translate({144 - advance * scale / 2:.1f} 72) scale({scale:.5f} {-scale:.5f})"
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 288 128">'
    svg = f'{opening}<g transform="{middle}">{"".join(paths)}</g></svg>'
    (OUT / file).write_text(svg + "\n", encoding="utf-8")


def main() -> None:
    """Make everything anew."""
    (OUT / "fonts").mkdir(parents=True, exist_ok=True)
    for old in (OUT / "fonts").glob("*"):
        old.unlink()
    rules = [*latin_fonts(), *title_font(), *chinese_fonts()]
    (OUT / "fonts.css").write_text(
        "/* Barlow, Noto Sans SC, Noto Serif SC: SIL Open Font License 1.1, see fonts/OFL.txt. */\n"
        + "\n".join(rules)
        + "\n",
        encoding="utf-8",
    )
    icons()
    sans = PACKAGES / "@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-700-normal.woff2"
    watermark("模拟数据", sans, "watermark-zh.svg", 20)
    watermark("SIMULATED", PACKAGES / "@fontsource/barlow/files/barlow-latin-700-normal.woff2", "watermark-en.svg", 20)
    licences = [
        (PACKAGES / f"@fontsource/{name}/LICENSE").read_text(encoding="utf-8") for name in ("barlow", "noto-sans-sc")
    ]
    (OUT / "fonts/OFL.txt").write_text(
        "\n\n".join(
            ["Barlow and Barlow Semi Condensed\n" + licences[0], "Noto Sans SC and Noto Serif SC\n" + licences[1]]
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
