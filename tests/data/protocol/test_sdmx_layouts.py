"""SDMX layouts made from the real messages: groups, series across another dimension, older JSON and CSV."""

from __future__ import annotations

import json

import pytest

from data.loaders import OPTIONS, FileRefusedError, parse
from data.loaders.source import read_source
from data.periods import month_period
from tests.data.protocol.conftest import MESSAGES
from tests.data.protocol.test_messages import RATES

SERIES = (MESSAGES / "sdmx/ml21_structurespecific_timeseries.xml").read_text(encoding="utf-8")
ML30 = (MESSAGES / "sdmx/ml30_structurespecific_ecb_exr.xml").read_text(encoding="utf-8")
COMMON = 'COLL_METHOD="Average of observations through period"'
EXPECTED = {(code, month_period(2010, month)): rate for (code, month), rate in RATES.items()}


@pytest.fixture
def load(catalogue, sources, tmp_path):
    def of(code, text, suffix="xml"):
        path = tmp_path / f"message.{suffix}"
        path.write_text(text, encoding="utf-8")
        return parse(sources[code], path, catalogue)

    return of


def rates(parsed):
    assert not parsed.rejects
    return {(fact.key.breakdown, fact.period): (fact.value, fact.decimals) for fact in parsed.facts}


def with_body(body, dimension="TIME_PERIOD"):
    start, end = SERIES.index("<Series"), SERIES.rindex("</Series>") + len("</Series>")
    text = SERIES[:start] + body + SERIES[end:]
    text = text.replace('dimensionAtObservation="TIME_PERIOD"', f'dimensionAtObservation="{dimension}"')
    return (
        text if dimension == "TIME_PERIOD" else text.replace("StructureSpecificTimeSeriesData", "StructureSpecificData")
    )


def told(code, decimals):
    return f'DECIMALS="{decimals}" UNIT_MEASURE="{code}" UNIT_MULT="0" {COMMON}'


def key(code):
    return f'FREQ="M" CURRENCY="{code}" CURRENCY_DENOM="EUR" EXR_TYPE="SP00" EXR_VAR="E"'


def by_currency():
    found = {}
    for (code, month), (value, decimals) in RATES.items():
        found.setdefault((code, decimals), []).append((month, value))
    return found


def test_structure_specific_with_groups(load):
    groups = series = ""
    for (code, decimals), values in by_currency().items():
        sibling = f'CURRENCY="{code}" CURRENCY_DENOM="EUR" EXR_TYPE="SP00" EXR_VAR="E"'
        groups += f'<Group xsi:type="exr:SiblingGroup" {sibling} {told(code, decimals)}/>'
        observations = "".join(
            f'<Obs TIME_PERIOD="2010-{month:02d}" OBS_VALUE="{value}" OBS_STATUS="A" CONF_STATUS_OBS="F"/>'
            for month, value in values
        )
        series += f"<Series {key(code)}>{observations}</Series>"
    assert rates(load("sdmx_structurespecific_timeseries", with_body(groups + series))) == EXPECTED


def test_structure_specific_flat(load):
    body = "".join(
        f'<Obs {key(code)} {told(code, decimals)} TIME_PERIOD="2010-{month:02d}" OBS_VALUE="{value}"/>'
        for (code, month), (value, decimals) in RATES.items()
    )
    assert rates(load("sdmx_structurespecific_timeseries", with_body(body, "AllDimensions"))) == EXPECTED


def test_cross_sectional_series_across_currencies(load):
    """Each series is a month; its observations are currencies."""
    body = ""
    for month in (8, 9, 10):
        observations = "".join(
            f'<Obs CURRENCY="{code}" OBS_VALUE="{value}" {told(code, decimals)} OBS_STATUS="A"/>'
            for (code, at), (value, decimals) in RATES.items()
            if at == month
        )
        shared = 'FREQ="M" CURRENCY_DENOM="EUR" EXR_TYPE="SP00" EXR_VAR="E"'
        body += f'<Series {shared} TIME_PERIOD="2010-{month:02d}">{observations}</Series>'
    assert rates(load("sdmx_structurespecific_timeseries", with_body(body, "CURRENCY"))) == EXPECTED


def test_generic_cross_sectional(load):
    text = (MESSAGES / "sdmx/ml21_generic_flat.xml").read_text(encoding="utf-8")
    values = "".join(f'<generic:Value id="{n}" value="{v}"/>' for n, v in (
        ("FREQ", "M"), ("CURRENCY_DENOM", "EUR"), ("EXR_TYPE", "SP00"), ("EXR_VAR", "E"), ("TIME_PERIOD", "2010-08"),
    ))  # fmt: skip
    observation = (
        '<generic:Obs><generic:ObsDimension value="CHF"/><generic:ObsValue value="1.3413"/><generic:Attributes>'
        '<generic:Value id="UNIT_MEASURE" value="CHF"/><generic:Value id="UNIT_MULT" value="0"/>'
        '<generic:Value id="DECIMALS" value="4"/></generic:Attributes></generic:Obs>'
    )
    body = f"<generic:Series><generic:SeriesKey>{values}</generic:SeriesKey>{observation}</generic:Series>"
    start, end = text.index("<generic:Obs>"), text.rindex("</generic:Obs>") + len("</generic:Obs>")
    text = text[:start] + body + text[end:]
    parsed = load("sdmx_generic_flat", text.replace('"AllDimensions"', '"CURRENCY"'))
    assert rates(parsed) == {("CHF", month_period(2010, 8)): (1.3413, 4)}


def test_sdmx_ml_30_flat_with_groups_and_data_set_attributes(load):
    start, end = ML30.index("<Series"), ML30.rindex("</Series>") + len("</Series>")
    body = (
        '<Group CURRENCY="CAD" DECIMALS="4" UNIT_MULT="0"/><Group CURRENCY="CHF" DECIMALS="3" UNIT_MULT="0"/>'
        '<Obs FREQ="A" CURRENCY="CAD" CURRENCY_DENOM="EUR" EXR_SUFFIX="A" TIME_PERIOD="1999" OBS_VALUE="1.58"/>'
        '<Obs FREQ="A" CURRENCY="CHF" CURRENCY_DENOM="EUR" EXR_SUFFIX="E" TIME_PERIOD="1999" OBS_VALUE="1.61"/>'
    )
    text = (ML30[:start] + body + ML30[end:]).replace('ss:structureRef="', 'EXR_TYPE="SP00" ss:structureRef="')
    found = {(f.key.breakdown, f.key.accumulation): (f.value, f.decimals) for f in load("sdmx_ecb_annual", text).facts}
    assert found == {("CAD", "S"): (1.58, 4), ("CHF", "P"): (1.61, 3)}


def test_sdmx_ml_30_with_many_values_in_one_observation_is_refused(load):
    text = ML30.replace('OBS_STATUS="A" />', 'OBS_STATUS="A"><Comp id="X"><Value>1</Value></Comp></Obs>', 1)
    with pytest.raises(FileRefusedError, match=r"one value per observation"):
        load("sdmx_ecb_annual", text)


@pytest.mark.parametrize("name", ["json20_exr_flat.json", "json20_exr_time_series.json"])
def test_sdmx_json_10(load, name):
    message = json.loads((MESSAGES / f"sdmx/{name}").read_text(encoding="utf-8"))
    data = message["data"]
    data["structure"] = data.pop("structures")[0]
    data["dataSets"][0].pop("structure")
    in_data = load("sdmx_json_rates", json.dumps({"data": data}), "json")
    at_top = load("sdmx_json_rates", json.dumps(data), "json")
    assert [fact.value for fact in in_data.facts] == [1.5931, 1.5925, 40.3426, 40.3]
    assert at_top.facts == in_data.facts


def test_sdmx_json_positions_that_do_not_exist_are_refused(load):
    text = (MESSAGES / "sdmx/json20_exr_flat.json").read_text(encoding="utf-8")
    for old, new in (('"0:0"', '"0:9"'), ('"0:0"', '"0"'), ('"0:0"', '"-1:0"'), ("40.3,\n\t\t\t\t\t\t1", "40.3,\n7")):
        assert old in text
        with pytest.raises(FileRefusedError, match=r"an SDMX-JSON data message"):
            load("sdmx_json_rates", text.replace(old, new, 1), "json")


@pytest.mark.parametrize(
    "text",
    [
        "DATAFLOW,DIM_1,DIM_2,DIM_3,OBS_VALUE\nESTAT:NA_MAIN(1.6.0),A,B,2014-01,12.4\n",
        "DATAFLOW;DIM_1;DIM_2;DIM_3;OBS_VALUE\nESTAT:NA_MAIN(1.6.0);A;B;2014-01;12,4\n",
        "DATAFLOW,DIM_1: First,DIM_2: Second,DIM_3: Time,OBS_VALUE: Value\n"
        "ESTAT:NA_MAIN(1.6.0): National accounts,A: Label,B: Label,2014-01: 2014-01,12.4\n",
    ],
)
def test_sdmx_csv_1(load, text):
    parsed = load("sdmx_csv_one", "\ufeff" + text, "csv")
    assert [(fact.period, fact.value) for fact in parsed.facts] == [(month_period(2014, 1), 12.4)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FREQ,TIME_PERIOD,OBS_VALUE\nA,2014,1\n", r"header of SDMX-CSV 1 or 2"),
        ("", r"header of SDMX-CSV 1 or 2"),
        ("DATAFLOW,DIM_1,DIM_1,DIM_3,OBS_VALUE\n", r"one column 'DIM_1'"),
        ("DATAFLOW,DIM_1,DIM_2,DIM_3,OBS_VALUE\n", r"at least one record"),
        ("DATAFLOW,DIM_1,DIM_2,DIM_3,OBS_VALUE\nX:Y(1.0),A,B,2014-01,1\n", r"found X:Y\(1.0\)"),
        ("DATAFLOW,DIM_1,DIM_2,DIM_3,OBS_VALUE\nESTAT:NA_MAIN(1.6.0),A,B,2014-01\n", r"the file may be cut"),
    ],
)
def test_sdmx_csv_of_another_form_is_refused(load, text, reason):
    with pytest.raises(FileRefusedError, match=reason):
        load("sdmx_csv_one", text, "csv")


def test_reporting_periods_and_structures_named_in_other_ways(catalogue, declared, tmp_path):
    """2010-M08 is a month; the structure may stand as an address or in a provision agreement."""
    text = (MESSAGES / "sources/sdmx_structurespecific_timeseries.toml").read_text(encoding="utf-8")
    path = tmp_path / "reporting.toml"
    path.write_text(text.replace('form = "month"', 'form = "reporting_month"'), encoding="utf-8")
    source = read_source(path, OPTIONS)
    message = SERIES.replace('TIME_PERIOD="2010-', 'TIME_PERIOD="2010-M')
    urn = "<URN>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=ECB:ECB_EXR_NG(1.0)</URN>"
    reference = '<Ref agencyID="ECB" id="ECB_EXR_NG" version="1.0"/>'
    assert reference in message
    for changed in (message, message.replace(reference, urn)):
        file = tmp_path / "message.xml"
        file.write_text(changed, encoding="utf-8")
        assert rates(parse(source, file, catalogue)) == EXPECTED


V20 = "http://www.SDMX.org/resources/SDMXML/schemas/v2_0"
CROSS_SECTIONAL = (
    '<Group TIME="2010-08" FREQ="M"><Section UNIT_MULT="0" DECIMALS="4">'
    '<Obs xsi:type="dsd:OBS_VALUE" CURRENCY="CHF" CURRENCY_DENOM="EUR" value="1.3413" OBS_STATUS="A"/>'
    '<Obs xsi:type="dsd:OBS_VALUE" CURRENCY="USD" CURRENCY_DENOM="EUR" value="1.2894" OBS_STATUS="A"/>'
    "</Section></Group>"
)
COMPACT = '<Series FREQ="M" CURRENCY="CHF"><Obs TIME_PERIOD="2010-08" OBS_VALUE="1.3413"/></Series>'


@pytest.mark.parametrize(
    ("root", "body"),
    [
        ("CrossSectionalData", f'<dsd:DataSet xmlns:dsd="urn:ecb">{CROSS_SECTIONAL}</dsd:DataSet>'),
        ("MessageGroup", f'<dsd:DataSet xmlns:dsd="urn:ecb">{CROSS_SECTIONAL}</dsd:DataSet>'),
        ("CompactData", f'<dsd:DataSet xmlns:dsd="urn:ecb">{COMPACT}</dsd:DataSet>'),
        ("UtilityData", f'<dsd:DataSet xmlns:dsd="urn:ecb">{COMPACT}</dsd:DataSet>'),
    ],
)
def test_a_message_of_sdmx_20_of_any_layout_is_refused_with_what_to_do(load, root, body):
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{V20}/message" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Header><ID>EXR</ID><Test>false</Test>'
        f'<Prepared>2010-11-13T08:00:33</Prepared><Sender id="ECB"/></Header>{body}</{root}>'
    )
    with pytest.raises(FileRefusedError, match=r"expected SDMX-ML 2\.1 or 3\.0 .*另存.*; found 2\.0"):
        load("sdmx_generic_flat", text)
