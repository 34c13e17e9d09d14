"""NBS query answers of other kinds: investment with growth alone, answers by region, dimensions in any order."""

from __future__ import annotations

import json

import pytest

from data.loaders import FileRefusedError, SourceError, parse
from data.periods import month_period

DECLARED = """
code = "nbs_more"
loader = "easyquery"
files = ["*"]
title_zh = "样例"
title_en = "Sample"
publisher_zh = "国家统计局"
publisher_en = "NBS"
licence = "none"
page = ""
vintage = 2024-07-15
"""
INVESTMENT = """
[left_out]
A0401 = "固定资产投资额_累计值"
[[group]]
form = "month_digits"
indicator = "sample_investment"
accumulation = "Y"
measure = "yoy"
stored_unit = "PERCENT"
unit = "%"
{region}
series = [
  {{ code = "A0402", header = "固定资产投资额_累计增长" }},
  {{ code = "A0403", header = "第二产业固定资产投资额_累计增长", industry = "S2" }},
]
{regions}
"""
NATIONAL = INVESTMENT.format(region='region = "100000"', regions="")
BY_REGION = INVESTMENT.format(region="", regions='[regions]\n370200 = "370200"\n370000 = "370000"')


def node(code, period, data, shown, region="", order=("zb", "reg", "sj")):
    """One data node, as NBS writes it; ``data`` of None has no figure and, as theirs, a 0 in its place."""
    values = {"zb": code, "reg": region, "sj": period}
    words = [{"wdcode": name, "valuecode": values[name]} for name in order if values[name]]
    cell = {"data": data or 0, "dotcount": 1, "hasdata": data is not None, "strdata": shown}
    return {"code": "_".join(f"{word['wdcode']}.{word['valuecode']}" for word in words), "data": cell, "wds": words}


def answer(*nodes, more=()):
    names = (
        ("A0401", "固定资产投资额_累计值", "亿元"),
        ("A0402", "固定资产投资额_累计增长", "%"),
        ("A0403", "第二产业固定资产投资额_累计增长", "%"),
    )
    described = [
        {"code": code, "cname": name, "name": name, "unit": unit, "dotcount": 1, "exp": "", "memo": "", "tag": ""}
        for code, name, unit in names
    ]
    # The descriptions may stand in any order, too.
    wdnodes = [
        *more,
        {"wdcode": "sj", "wdname": "时间", "nodes": []},
        {"wdcode": "zb", "wdname": "指标", "nodes": described},
    ]
    return {
        "returncode": 200,
        "returndata": {"datanodes": list(nodes), "freshsort": 0, "hasdatacount": 0, "wdnodes": wdnodes},
    }


@pytest.fixture
def read(catalogue, declared, tmp_path):
    def of(document, sections=NATIONAL):
        path = tmp_path / "answer.json"
        path.write_text(
            document if isinstance(document, str) else json.dumps(document, ensure_ascii=False), encoding="utf-8"
        )
        return parse(declared(DECLARED + sections), path, catalogue)

    return of


def test_growth_is_stored_as_growth_and_no_figure_is_missing_and_never_zero(read):
    parsed = read(
        answer(
            node("A0401", "202406", None, ""),
            node("A0402", "202406", 3.9, "3.9"),
            node("A0402", "202405", 4.0, "4.0", order=("sj", "zb")),
            node("A0402", "202401", None, ""),  # 1–2月 together: January has no figure
            node("A0403", "202402", 11.9, "11.9", order=("sj", "zb")),
            node("A0403", "202406", 0, "0.0"),  # a true zero has its data
        )
    )
    found = {(fact.key.industry, fact.period): fact for fact in parsed.facts}
    assert {key: fact.value for key, fact in found.items()} == {
        ("_T", month_period(2024, 6)): 3.9, ("_T", month_period(2024, 5)): 4.0,
        ("S2", month_period(2024, 2)): 11.9, ("S2", month_period(2024, 6)): 0.0,
    }  # fmt: skip
    assert {(f.key.measure, f.key.accumulation, f.unit, f.key.region) for f in parsed.facts} == {
        ("yoy", "Y", "PERCENT", "100000")
    }
    assert (parsed.missing, parsed.excluded, parsed.rejects) == (2, 0, [])
    assert [(blank.period, blank.raw) for blank in parsed.blanks] == [(month_period(2024, 1), "")]


def test_an_answer_by_region_goes_where_each_node_says(read):
    parsed = read(
        answer(
            node("A0402", "202406", 5.3, "5.3", "370000"),
            node("A0402", "202406", 9.2, "9.2", "370200", order=("sj", "reg", "zb")),
            node("A0402", "202405", None, "", "370200"),
        ),
        BY_REGION,
    )
    assert {fact.key.region: fact.value for fact in parsed.facts} == {"370000": 5.3, "370200": 9.2}
    assert {blank.key.region for blank in parsed.blanks} == {"370200"}


def test_a_region_nobody_declared_is_never_taken_for_the_nation(read):
    shandong = node("A0402", "202406", 5.3, "5.3", "370000")
    with pytest.raises(
        FileRefusedError, match=r"zb\.A0402_reg\.370000_sj\.202406: expected wds sj, zb; found reg, sj, zb"
    ):
        read(answer(shandong))
    with pytest.raises(FileRefusedError, match=r"expected region 370200 or 370000; found 310000"):
        read(answer(node("A0402", "202406", 5.3, "5.3", "310000")), BY_REGION)
    with pytest.raises(FileRefusedError, match=r"expected wds reg, sj, zb; found sj, zb"):
        read(answer(node("A0402", "202406", 5.3, "5.3")), BY_REGION)


def test_a_mistake_in_the_regions_is_an_error_of_the_declaration(read):
    both = INVESTMENT.format(region='region = "100000"', regions='[regions]\n370000 = "370000"')
    with pytest.raises(SourceError, match=r"group\.region"):
        read(answer(), both)
    unknown = INVESTMENT.format(region="", regions='[regions]\n37 = "nowhere"')
    with pytest.raises(SourceError, match=r"regions: region 'nowhere' is not in the catalogue"):
        read(answer(), unknown)


def test_a_rounded_text_that_disagrees_and_a_node_nobody_describes_are_rejects(read):
    parsed = read(
        answer(
            node("A0402", "202406", 3.94, "3.9"), node("A0402", "202405", 40, "4.0"), node("A99", "202405", 1, "1.0")
        )
    )
    assert [fact.value for fact in parsed.facts] == [3.94]
    assert [reject.reason for reject in parsed.rejects] == [
        "the text shown is '4.0', the value 40",
        "wdnodes does not describe it",
    ]


@pytest.mark.parametrize(
    "document",
    [
        '{"returncode":501,"returndata":"参数错误"}',
        "<html><body>访问频繁</body></html>",
        "[" * 100_000,
        '{"returncode":200,"returncode":200}',
        "",
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(read, document):
    with pytest.raises(FileRefusedError, match=r"returncode|strict JSON"):
        read(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["returndata"]["datanodes"][0]["wds"][0].update(valuecode=[]),
        lambda document: document["returndata"]["datanodes"][0]["data"].update(dotcount=10**30),
        lambda document: document["returndata"]["datanodes"][0]["data"].update(strdata=None),
        lambda document: document["returndata"]["datanodes"][0].update(code=7),
    ],
)
def test_a_node_of_another_shape_is_refused_and_is_no_crash(read, change):
    """Found by fuzzing."""
    document = answer(node("A0402", "202406", 3.9, "3.9"))
    change(document)
    with pytest.raises(FileRefusedError, match=r"nodes with code, wds and data"):
        read(document)


def test_a_number_no_statistic_has_is_a_reject(read):
    document = json.dumps(answer(node("A0402", "202406", 3.9, "3.9")), ensure_ascii=False)
    parsed = read(document.replace('"data": 3.9', '"data": 1e400'))
    assert (parsed.facts, len(parsed.rejects)) == ([], 1)
