"""Reads a sentence over a chart back into claims, in Chinese or English, without knowing how it was made.

A sentence is cut into clauses; every clause must be understood, so that nothing a rule says goes unchecked. What a
clause claims is a tuple: its kind, then names (in Chinese), numbers and words. The same claims come out of both
languages when both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

Claim = tuple[object, ...]
Names = Mapping[str, str]  # the English name -> the Chinese one

NUMBER, WHOLE = r"([\d,]+\.\d)", r"(\d+)"
NOTE_ZH, NOTE_EN = r"(?:（(名义|推算)）)?", r"(?: \((nominal|derived)\))?"
NOTES = {"nominal": "名义", "derived": "推算", None: None}
KINDS = {"surplus": "顺差", "deficit": "逆差"}
VERBS = {"widens to": "扩至", "narrows to": "收窄至", None: None}
WORDS = {
    "turned to profit": "扭亏为盈",
    "turned to loss": "由盈转亏",
    "loss unchanged": "亏损持平",
    "zero a year before": "上年同期为零",
    "flat": "持平",
}
_RATE = rf"({NUMBER[1:-1]})?"
GROWTH_ZH = rf"(?:(名义|推算))?(增长|提高|下降|减亏 |增亏 )?{_RATE}(%| ?个百分点)?({'|'.join(WORDS.values())})?"
GROWTH_EN = rf"(?:(nominal|derived) )?(\+|−|loss down |loss up )?{_RATE}(%| pp)?({'|'.join(WORDS)})?"
SIGNS = {
    "增长": "+",
    "提高": "+",
    "下降": "−",
    "减亏 ": "less",
    "增亏 ": "more",
    "loss down ": "less",
    "loss up ": "more",
}


def growth_zh(note: str | None, verb: str | None, size: str | None, unit: str | None, words: str | None) -> Claim:
    """Return a growth as claimed in Chinese."""
    return (note, SIGNS.get(verb or ""), size, "pp" if unit and "点" in unit else unit, words)


def growth_en(note: str | None, sign: str | None, size: str | None, unit: str | None, words: str | None) -> Claim:
    """Return a growth as claimed in English."""
    told = None if sign is None else SIGNS.get(sign, sign)
    return (NOTES[note], told, size, "pp" if unit and "pp" in unit else unit, WORDS.get(words or ""))


BANDS_ZH, BANDS_EN = ("低", "中等", "高"), ("low", "moderate", "high")
Pattern = tuple[str, Callable[..., Claim]]


def patterns_zh(names: Names, noun: str) -> list[Pattern]:
    """Return what a Chinese clause can be."""
    name = "(" + "|".join(re.escape(each) for each in names.values()) + ")"
    first = rf"{name}(?:等{WHOLE}个(?:{noun})?)?"
    return [
        (rf"可比{WHOLE}个{noun}", lambda n: ("among_rates", int(n))),
        (rf"已公布{WHOLE}个{noun}", lambda n: ("among_values", int(n))),
        (rf"(已公布)?{WHOLE}个{noun}{WHOLE}升{WHOLE}降", _counted),
        (rf"{first}增速最高 {NUMBER}%{NOTE_ZH}", lambda who, n, rate, note: ("fastest", who, int(n or 1), rate, note)),
        (rf"{first}增速最高", lambda who, n: ("fastest", who, int(n or 1), None, None)),
        (rf"{WHOLE}个{noun}下降", lambda n: ("falls", int(n))),
        (rf"{WHOLE}个{noun}全部增长", lambda n: ("all_up", int(n))),
        (rf"{WHOLE}个{noun}全部下降", lambda n: ("all_down", int(n))),
        (rf"{name}降 {NUMBER}%{NOTE_ZH}", lambda who, rate, note: ("fell", who, rate, note)),
        (rf"{first}居首", lambda who, n: ("first", who, int(n or 1))),
        (rf"增 {NUMBER}%{NOTE_ZH} 也最快", lambda rate, note: ("also_fastest", rate, note)),
        (rf"{name}增 {NUMBER}%{NOTE_ZH} 最快", lambda who, rate, note: ("fastest", who, 1, rate, note)),
        (rf"{name}企业增{NUMBER}%{NOTE_ZH}", lambda who, rate, note: ("rose", who, rate, note)),
        (r"千兆(?:光网)?覆盖([\d.]+%)", lambda share: ("covered", share)),
        (rf"((?:{name[1:-1]})(?:、(?:{name[1:-1]}))*)(集中度|占比)居前", _leaders_zh),
        (rf"出口创{WHOLE}期新(高|低)", lambda n, which: ("exports_record", int(n), which)),
        (rf"出口同比{GROWTH_ZH}", lambda *parts: ("exports_growth", *growth_zh(*parts))),
        (r"转为(顺差|逆差)([\d,.]+)亿元", lambda kind, size: ("turned_to", kind, size)),
        (r"(顺差|逆差)(扩至|收窄至)?([\d,.]+)亿元", lambda kind, verb, size: ("balance", kind, verb, size)),
        (rf"{NUMBER}亿元", lambda size: ("size", size)),
        (r"进出口持平", lambda: ("even",)),
        (rf"(.+?年.*?[月度]|.+?年){name}([\d,.]+)(\D+)", lambda when, who, size, unit: ("stood", who, size)),
        (rf"同比{GROWTH_ZH}", lambda *parts: ("growth", *growth_zh(*parts))),
        (r"同比(由降转增|由增转降)", lambda way: ("growth_turned", 1 if way == "由降转增" else -1)),
        (rf"创{WHOLE}期新(高|低)", lambda n, which: ("record", int(n), which)),
        (rf"连续{WHOLE}期(上升|下降)", lambda n, way: ("streak", int(n), way)),
        (rf"{name}增 {NUMBER}%{NOTE_ZH}", lambda who, rate, note: ("rose", who, rate, note)),
        (rf"占 {NUMBER}%", lambda share: ("share", share)),
        (rf"{name}(?:等{WHOLE}个部分)?占比最高", lambda who, n: ("largest_part", who, int(n or 1))),
        (rf"{NUMBER}%", lambda share: ("share", share)),
        (rf"{WHOLE}个{noun}均为负拉动", lambda n: ("all_pull_down", int(n))),
        (rf"{name} {NUMBER} 个百分点", lambda who, points: ("pulls_down", who, points)),
        (rf"{name}拉动 {NUMBER} 个百分点(?:最多)?", lambda who, points: ("adds", who, 1, points)),
        (rf"{first}各拉动 {NUMBER} 个百分点", lambda who, n, points: ("adds", who, int(n), points)),
        (rf"{WHOLE}个{noun}拖累", lambda n: ("drags", int(n))),
        (rf"{name}(?:等{WHOLE}个{noun})?(扭亏为盈|由盈转亏)", lambda who, n, way: ("turned", who, int(n or 1), way)),
        (rf"{WHOLE}个{noun}亏损", lambda n: ("losses", int(n))),
        (rf"{first}利润率最高 (−?{NUMBER[1:-1]})%", lambda who, n, rate: ("best_margin", who, int(n or 1), rate)),
        (rf"缺{name}等? {WHOLE} 环", lambda who, n: ("missing", who, int(n))),
        (rf"强 {WHOLE} 环", lambda n: ("strong", int(n))),
        (
            rf"强 {WHOLE} 环：((?:{name[1:-1]})(?:、(?:{name[1:-1]}))*)等?",
            lambda n, *listed: ("strong", int(n), *listed[0].split("、")),
        ),
        (rf"{name}最集中", lambda who: ("most_concentrated", who)),
        (r"HHI ([\d,]+)", lambda index: ("index", index)),
        (r"集中度(\S+)", lambda band: ("band", BANDS_ZH.index(band))),
        (rf"{name}仅覆盖 {NUMBER}%", lambda who, share: ("little_covered", who, share)),
        (r"不计算集中度", lambda: ("no_index",)),
        (rf"{name}增速连续{WHOLE}期(回升|回落)", lambda who, n, way: ("rate_streak", who, int(n), way)),
        (rf"{name}增速(由负转正|由正转负)", lambda who, way: ("rate_turned", who, 1 if way == "由负转正" else -1)),
        (rf"([+−]{NUMBER[1:-1]})%", lambda rate: ("rate_now", rate)),
        (rf"{name}(快于|慢于){name} {NUMBER} 个百分点", lambda a, way, b, gap: ("ahead", a, way, b, gap)),
        (rf"{name}与{name}增速相同", lambda a, b: ("alike", a, b)),
        (GROWTH_ZH, lambda *parts: ("moved", *growth_zh(*parts))),
    ]


def patterns_en(names: Names, noun: str) -> list[Pattern]:
    """Return what an English clause can be; its names become Chinese."""
    name = "(" + "|".join(re.escape(each) for each in names) + ")"
    first = rf"{name}(?: and {WHOLE} more)?"
    return [
        (rf"Of {WHOLE} comparable {noun}", lambda n: ("among_rates", int(n))),
        (rf"Of {WHOLE} published {noun}", lambda n: ("among_values", int(n))),
        (rf"{first} fastest at \+{NUMBER}%{NOTE_EN}", lambda who, n, rate, note: _fastest(names[who], n, rate, note)),
        (rf"{first} fastest", lambda who, n: _fastest(names[who], n, None, None)),
        (rf"{WHOLE} {noun} down", lambda n: ("falls", int(n))),
        (rf"all {WHOLE} {noun} up", lambda n: ("all_up", int(n))),
        (rf"All {WHOLE} {noun} down", lambda n: ("all_down", int(n))),
        (rf"{WHOLE} of {WHOLE}( published)? {noun} up", lambda up, n, some: ("counted", bool(some), int(n), int(up))),
        (rf"{name} −{NUMBER}%{NOTE_EN}", lambda who, rate, note: ("fell", names[who], rate, NOTES[note])),
        (rf"{first} first", lambda who, n: ("first", names[who], int(n or 0) + 1)),
        (rf"and fastest at \+{NUMBER}%{NOTE_EN}", lambda rate, note: ("also_fastest", rate, NOTES[note])),
        (rf"{name} firms \+{NUMBER}%{NOTE_EN}", lambda who, rate, note: ("rose", names[who], rate, NOTES[note])),
        (r"(?:g|Gigabit network )(?:igabit )?reaches ([\d.]+%)", lambda share: ("covered", share)),
        (
            rf"((?:{name[1:-1]})(?: and (?:{name[1:-1]}))*): (most concentrated|largest shares)",
            lambda listed, what: ("leaders", *(names[each] for each in listed.split(" and ")), what[0] == "m"),
        ),
        (rf"Exports at a {WHOLE}-period (high|low)", lambda n, which: ("exports_record", int(n), _high(which))),
        (rf"Exports {GROWTH_EN} y/y", lambda *parts: ("exports_growth", *growth_en(*parts))),
        (
            r"turns to a (surplus|deficit) of CNY ([\d.]+) bn",
            lambda kind, size: ("turned_to", KINDS[kind], _tens(size)),
        ),
        (
            r"(surplus|deficit)(?: (widens to|narrows to))? CNY ([\d.]+) bn",
            lambda kind, verb, size: ("balance", KINDS[kind], VERBS[verb], _tens(size)),
        ),
        (r"CNY ([\d.]+) bn", lambda size: ("size", _tens(size))),
        (r"exports equal imports", lambda: ("even",)),
        (rf"{name} CNY ([\d.]+) bn (?:in|at) .+", lambda who, size: ("stood", names[who], _tens(size))),
        (r"turns (up|down) y/y", lambda way: ("growth_turned", 1 if way == "up" else -1)),
        (rf"{GROWTH_EN} y/y", lambda *parts: ("growth", *growth_en(*parts))),
        (rf"a {WHOLE}-period (high|low)", lambda n, which: ("record", int(n), _high(which))),
        (rf"(up|down) for {WHOLE} periods", lambda way, n: ("streak", int(n), {"up": "上升", "down": "下降"}[way])),
        (rf"{name} \+{NUMBER}%{NOTE_EN}", lambda who, rate, note: ("rose", names[who], rate, NOTES[note])),
        (rf"{NUMBER}%(?: of the whole)?", lambda share: ("share", share)),
        (rf"{first}: largest share", lambda who, n: ("largest_part", names[who], int(n or 0) + 1)),
        (rf"All {WHOLE} {noun} pull down", lambda n: ("all_pull_down", int(n))),
        (rf"{name} by {NUMBER} pp", lambda who, points: ("pulls_down", names[who], points)),
        (rf"{name} adds {NUMBER} pp(?: and the most)?", lambda who, points: ("adds", names[who], 1, points)),
        (rf"{first} add {NUMBER} pp each", lambda who, n, points: ("adds", names[who], int(n) + 1, points)),
        (rf"{WHOLE} {noun} drag", lambda n: ("drags", int(n))),
        (rf"{first} (turned to profit|turned to loss)", lambda *parts: _turned(names, *parts)),
        (rf"{WHOLE} {noun} in loss", lambda n: ("losses", int(n))),
        (
            rf"{first}: highest margin and (−?{NUMBER[1:-1]})%",
            lambda who, n, rate: ("best_margin", names[who], int(n or 0) + 1, rate),
        ),
        (rf"Missing: {name}(?: and others)? \({WHOLE}\)", lambda who, n: ("missing", names[who], int(n))),
        (rf"{WHOLE} strong", lambda n: ("strong", int(n))),
        (
            rf"{WHOLE} strong: ((?:{name[1:-1]})(?:＋(?:{name[1:-1]}))*)(?: and others)?",
            lambda n, *listed: ("strong", int(n), *(names[each] for each in listed[0].split("＋"))),
        ),
        (rf"{name} most concentrated", lambda who: ("most_concentrated", names[who])),
        (r"HHI ([\d,]+)", lambda index: ("index", index)),
        (f"({'|'.join(BANDS_EN)})", lambda band: ("band", BANDS_EN.index(band))),
        (rf"{name}: {NUMBER}% covered", lambda who, share: ("little_covered", names[who], share)),
        (r"no index", lambda: ("no_index",)),
        (
            rf"{name} growth (up|down) for {WHOLE} periods",
            lambda who, way, n: ("rate_streak", names[who], int(n), {"up": "回升", "down": "回落"}[way]),
        ),
        (
            rf"{name} growth turns (positive|negative)",
            lambda who, way: ("rate_turned", names[who], 1 if way == "positive" else -1),
        ),
        (rf"([+−]{NUMBER[1:-1]})%", lambda rate: ("rate_now", rate)),
        (
            rf"{name} {NUMBER} pp (ahead of|behind) {name}",
            lambda a, gap, way, b: ("ahead", names[a], "快于" if way == "ahead of" else "慢于", names[b], gap),
        ),
        (rf"{name} and {name} grow alike", lambda a, b: ("alike", names[a], names[b])),
        (GROWTH_EN, lambda *parts: ("moved", *growth_en(*parts))),
    ]


def _counted(some: str | None, known: str, up: str, down: str) -> Claim:
    return ("counted", bool(some), int(known), int(up), int(down))


def _fastest(who: str, more: str | None, rate: str | None, note: str | None) -> Claim:
    return ("fastest", who, int(more or 0) + 1, rate, NOTES[note])


def _leaders_zh(listed: str, what: str) -> Claim:
    return ("leaders", *listed.split("、"), what == "集中度")


def _turned(names: Names, who: str, more: str | None, way: str) -> Claim:
    return ("turned", names[who], int(more or 0) + 1, WORDS[way])


def _high(which: str) -> str:
    return "高" if which == "high" else "低"


def _tens(billions: str) -> str:
    """Return CNY bn as 亿元, as the Chinese sentence writes it."""
    return f"{float(billions) * 10:,.1f}"


def _clauses(sentence: str, english: bool, noun: str) -> Iterator[str]:
    plain = sentence.replace("**", "")
    if english:
        plain = plain.replace(" first and fastest", " first; and fastest").replace(" pp, the most", " pp and the most")
        plain = plain.replace("each, the most", "each")
        plain = plain.replace("concentrated: HHI", "concentrated; HHI")
        plain = re.sub(r"(highest margin), ", r"\1 and ", plain)
        plain = re.sub(r"strong: .*", lambda listed: listed[0].replace(", ", "＋"), plain)
        yield from re.split(r"; |, ", plain)
        return
    yield from re.sub(rf"((?:可比|已公布)\d+个{noun})中", r"\1，", plain).split("，")


def read(sentence: str, names: Names, nouns: tuple[str, str], english: bool) -> list[Claim]:
    """Return everything a sentence claims; ``AssertionError`` names a clause that is not understood."""
    noun = nouns[1] if english else nouns[0]
    known: Sequence[Pattern] = (patterns_en if english else patterns_zh)(names, noun)
    claims = []
    for clause in _clauses(sentence, english, noun):
        found = ((re.fullmatch(pattern, clause), means) for pattern, means in known)
        assert clause, f"an empty clause in {sentence!r}"
        meaning = next((means(*match.groups()) for match, means in found if match), None)
        assert meaning is not None, f"not understood: {clause!r} in {sentence!r}"
        claims.append(meaning)
    return claims
