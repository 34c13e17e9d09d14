"""Other editions of the publishers' messages: they load right, or are refused with the reason that stands in them."""

from __future__ import annotations

import json

import pytest

from data.loaders import OPTIONS, FileRefusedError, parse
from data.loaders.addresses import FetchError
from data.loaders.source import read_source
from data.periods import month_period
from tests.data.protocol.conftest import MESSAGES
from tests.data.protocol.feeds import fetch_section
from tests.data.protocol.test_messages import RATES
from tests.fault_server import Reply

FLAT = (MESSAGES / "sdmx/ml21_generic_flat.xml").read_text(encoding="utf-8")
SERIES = (MESSAGES / "sdmx/ml21_structurespecific_timeseries.xml").read_text(encoding="utf-8")
ML30 = (MESSAGES / "sdmx/ml30_structurespecific_ecb_exr.xml").read_text(encoding="utf-8")
JSON = json.loads((MESSAGES / "sdmx/json20_exr_flat.json").read_text(encoding="utf-8"))
CSV = (MESSAGES / "sdmx/csv20_example_01.csv").read_text(encoding="utf-8")
COMTRADE = json.loads((MESSAGES / "comtrade/comtrade_v1_get_HS_china.json").read_text(encoding="utf-8"))
WORLD_BANK = json.loads((MESSAGES / "worldbank/v2_gdp_sample.json").read_text(encoding="utf-8"))


@pytest.fixture
def load(catalogue, tmp_path):
    """Read a text with a sample declaration; ``changes`` are replaced in that."""

    def of(code, text, suffix="xml", changes=()):
        declaration = (MESSAGES / f"sources/{code}.toml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in declaration
            declaration = declaration.replace(old, new)
        (tmp_path / "declared.toml").write_text(declaration, encoding="utf-8")
        path = tmp_path / f"message.{suffix}"
        path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        return parse(read_source(tmp_path / "declared.toml", OPTIONS), path, catalogue)

    return of


def counts(parsed):
    return len(parsed.facts), len(parsed.rejects), parsed.missing, parsed.excluded


# --- SDMX-ML


HEADER_END = "</message:Sender>" if "</message:Sender>" in FLAT else '<message:Sender id="ECB"/>'


@pytest.mark.parametrize(
    ("action", "loads"), [("Append", True), ("Replace", True), ("Information", True), ("Delete", False)]
)
@pytest.mark.parametrize("place", ["data set", "header"])
def test_sdmx_ml_21_actions(load, action, loads, place):
    if place == "header":
        start = SERIES.index("</message:Structure>") + len("</message:Structure>")
        text = f"{SERIES[:start]}<message:DataSetAction>{action}</message:DataSetAction>{SERIES[start:]}"
    else:
        text = SERIES.replace('data:structureRef="STR1"', f'data:structureRef="STR1" data:action="{action}"')
    if loads:
        assert counts(load("sdmx_structurespecific_timeseries", text)) == (12, 0, 0, 0)
        return
    with pytest.raises(FileRefusedError, match=r"action Delete"):
        load("sdmx_structurespecific_timeseries", text)


def test_a_data_set_that_says_append_itself_is_not_deleted_by_the_header(load):
    start = SERIES.index("</message:Structure>") + len("</message:Structure>")
    text = f"{SERIES[:start]}<message:DataSetAction>Delete</message:DataSetAction>{SERIES[start:]}"
    text = text.replace('data:structureRef="STR1"', 'data:structureRef="STR1" data:action="Append"')
    assert counts(load("sdmx_structurespecific_timeseries", text)) == (12, 0, 0, 0)


@pytest.mark.parametrize(("action", "loads"), [("Append", True), ("Replace", True), ("Merge", True), ("Delete", False)])
def test_sdmx_ml_30_actions(load, action, loads):
    text = ML30.replace('ss:structureRef="', f'ss:action="{action}" ss:structureRef="', 1)
    assert "ss:action" in text
    if loads:
        assert counts(load("sdmx_ecb_annual", text)) == (116, 0, 0, 0)
        return
    with pytest.raises(FileRefusedError, match=r"action Delete"):
        load("sdmx_ecb_annual", text)


def test_sdmx_ml_21_not_a_number_is_missing_where_it_is_declared_and_else_a_reject(load):
    assert 'ObsValue value="1.3413"' in FLAT
    text = FLAT.replace('ObsValue value="1.3413"', 'ObsValue value="NaN"', 1)
    assert counts(load("sdmx_generic_flat", text)) == (11, 1, 0, 0)
    declared = [('form = "month"\n', 'form = "month"\nmissing = ["NaN"]\n')]
    assert counts(load("sdmx_generic_flat", text, changes=declared)) == (11, 0, 1, 0)


def test_sdmx_ml_21_several_data_sets_in_one_message(load):
    start, end = SERIES.index("<message:DataSet "), SERIES.rindex("</message:DataSet>") + len("</message:DataSet>")
    whole = SERIES[start:end]
    first, second = whole[: whole.index("</Series>") + 9], whole[whole.index("</Series>") + 9 :]
    head = whole[: whole.index("<Series")]
    text = f"{SERIES[:start]}{first}</message:DataSet>{head}{second}{SERIES[end:]}"
    parsed = load("sdmx_structurespecific_timeseries", text)
    found = {(fact.key.breakdown, fact.period): fact.value for fact in parsed.facts}
    assert found == {(code, month_period(2010, month)): value for (code, month), (value, _) in RATES.items()}


def test_sdmx_an_error_message_is_refused(load):
    text = (
        '<message:Error xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"'
        ' xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"><message:ErrorMessage code="100">'
        "<common:Text>No results found</common:Text></message:ErrorMessage></message:Error>"
    )
    with pytest.raises(FileRefusedError, match=r"a message 'Error' without one.*No results found"):
        load("sdmx_generic_flat", text)


def test_sdmx_ml_20_says_which_editions_are_read(load):
    text = (
        '<CompactData xmlns="http://www.SDMX.org/resources/SDMXML/schemas/v2_0/message"><Header/>'
        '<DataSet><Series FREQ="M"><Obs TIME_PERIOD="2010-08" OBS_VALUE="1"/></Series></DataSet></CompactData>'
    )
    with pytest.raises(FileRefusedError, match=r"expected SDMX-ML 2.1 or 3.0 .*; found 2.0"):
        load("sdmx_structurespecific_timeseries", text)


@pytest.mark.parametrize(("old", "new"), [('version="1.0"', 'version=""'), ('version="1.0"', 'version=1.0"')])
def test_sdmx_ml_a_broken_first_line_is_refused_and_is_no_crash(load, old, new):
    """Found by fuzzing: what counts the observations lets it pass, the library does not."""
    for text in (FLAT, SERIES):
        with pytest.raises(FileRefusedError):
            load("sdmx_generic_flat", text.replace(old, new, 1))


# --- SDMX-JSON


@pytest.mark.parametrize(
    ("action", "loads"),
    [("Append", True), ("Replace", True), ("Information", True), ("Merge", True), ("Delete", False), ("delete", False)],
)
def test_sdmx_json_actions(load, action, loads):
    document = json.loads(json.dumps(JSON))
    document["data"]["dataSets"][0]["action"] = action
    if loads:
        assert len(load("sdmx_json_rates", document, "json").facts) == 4
        return
    with pytest.raises(FileRefusedError, match=r"found Delete"):
        load("sdmx_json_rates", document, "json")


@pytest.mark.parametrize(
    ("cell", "expected"), [(None, (3, 1, 0, 0)), ("NaN", (3, 1, 0, 0)), ("40.3426", (4, 0, 0, 0)), (True, (3, 1, 0, 0))]
)
def test_sdmx_json_a_value_that_is_none_is_never_zero(load, cell, expected):
    document = json.loads(json.dumps(JSON))
    observations = document["data"]["dataSets"][0]["observations"]
    key = next(name for name, cells in observations.items() if cells[0] == 40.3426)
    observations[key][0] = cell
    parsed = load("sdmx_json_rates", document, "json")
    assert counts(parsed) == expected
    assert 0.0 not in [fact.value for fact in parsed.facts]


def test_sdmx_json_null_is_missing_where_it_is_declared(load):
    document = json.loads(json.dumps(JSON))
    next(iter(document["data"]["dataSets"][0]["observations"].values()))[0] = None
    parsed = load("sdmx_json_rates", document, "json", [("[records]\n", '[records]\nnull = "missing"\n')])
    assert counts(parsed) == (3, 0, 1, 0)


def test_sdmx_json_errors_in_place_of_data_are_refused(load):
    document = {"meta": {"id": "x"}, "errors": [{"code": 404, "title": "No data found"}]}
    with pytest.raises(FileRefusedError, match=r"an SDMX-JSON data message.*No data found"):
        load("sdmx_json_rates", document, "json")


# --- SDMX-CSV


def test_sdmx_csv_2_with_names_in_columns_of_their_own(load):
    text = (
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,DIM_1,Dimension 1,DIM_2,Dimension 2,DIM_3,Time,OBS_VALUE,Value\n"
        "dataflow,ESTAT:NA_MAIN(1.6.0),National accounts,I,A,Value A,B,Value B,2014-01,January,12.4,\n"
        "dataflow,ESTAT:NA_MAIN(1.6.0),National accounts,I,A,Value A,B,Value B,2014-02,February,10.8,\n"
    )
    assert [fact.value for fact in load("sdmx_csv_one", text, "csv").facts] == [12.4, 10.8]


@pytest.mark.parametrize("cell", ["", "NaN", "#N/A"])
def test_sdmx_csv_2_a_missing_observation(load, cell):
    assert CSV.count("12.4") == 1
    text = CSV.replace("12.4", cell)
    assert counts(load("sdmx_csv_one", text, "csv")) == (1, 1, 0, 0)
    missing = [('form = "month"\n', f'form = "month"\nnull = "missing"\nmissing = ["{cell}"]\n')]
    assert counts(load("sdmx_csv_one", text, "csv", missing)) == (1, 0, 1, 0)


@pytest.mark.parametrize("action", ["D", "X", ""])
def test_sdmx_csv_2_a_line_that_deletes_refuses_the_file(load, action):
    text = (MESSAGES / "sdmx/csv20_example_10.csv").read_text(encoding="utf-8").replace(",R,", f",{action},")
    with pytest.raises(FileRefusedError, match=rf"line 3: expected action A, I, M, R; found '{action}'"):
        load("sdmx_csv_one", text, "csv")


def test_sdmx_csv_labels_of_both_kinds_hold_separators_and_quotes(load):
    text = (
        'STRUCTURE,STRUCTURE_ID,DIM_1: Dimension: one,DIM_2: "Two, or so",DIM_3: Time,OBS_VALUE: Value\n'.replace(
            'DIM_2: "Two, or so"', '"DIM_2: Two, or so"'
        )
        + 'dataflow,ESTAT:NA_MAIN(1.6.0): National: accounts,"A: Value, with a comma",B: B: again,2014-01,12.4\n'
    )
    assert [fact.value for fact in load("sdmx_csv_one", text, "csv").facts] == [12.4]


# --- World Bank


NOT_VALID = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}]


def test_world_bank_an_error_answered_with_200_is_refused_with_its_words(load):
    with pytest.raises(FileRefusedError, match=r"The provided parameter value is not valid"):
        load("world_bank_api", NOT_VALID, "json")
    empty = [{"page": 0, "pages": 0, "per_page": 0, "total": 0, "sourceid": None, "lastupdated": None}, None]
    with pytest.raises(FileRefusedError, match=r"expected the rows; found \$\[1\] is not a list"):
        load("world_bank_api", empty, "json")


def test_world_bank_an_error_with_200_over_http_says_the_same(server, declared, downloader):
    paging = """
[fetch.paging]
kind = "page"
rows = "[1][*]"
identity = ["indicator.id", "countryiso3code", "date"]
parameter = "page"
pages = "[0].pages"
total = "[0].total"
echo = "[0].page"
"""
    server.scripts["/data"] = [Reply.json(json.dumps(NOT_VALID))]
    for more in ("", paging):
        source = declared(fetch_section(server, more=more), like="world_bank_api")
        with pytest.raises((FetchError, FileRefusedError), match=r"The provided parameter value is not valid"):
            downloader().acquire(source)


@pytest.mark.parametrize(
    ("date", "form", "period"), [("2024M03", "month_with_m", (2024, 3)), ("2024Q2", "quarter_with_q", (2024, 6))]
)
def test_world_bank_months_and_quarters(load, date, form, period):
    document = [{**WORLD_BANK[0], "total": 1}, [{**WORLD_BANK[1][0], "date": date}]]
    frequency = [('form = "year"', f'form = "{form}"'), ("world_bank_gdp_usd", f"sample_{form}")]
    assert [fact.period for fact in load("world_bank_api", document, "json", frequency).facts] == [
        month_period(*period)
    ]
    refused = load("world_bank_api", document, "json")
    assert (refused.facts, len(refused.rejects)) == ([], 1), "a month is never taken for a year"


# --- UN Comtrade


def comtrade(**changes):
    return {**COMTRADE, **changes}


def changed_row(**cells):
    return comtrade(data=[{**COMTRADE["data"][0], **cells}, *COMTRADE["data"][1:]])


def test_comtrade_no_error_may_be_null_or_left_empty(load):
    for error in (None, ""):
        assert len(load("comtrade", comtrade(error=error), "json").facts) == 4


def test_comtrade_a_null_value_is_missing_only_where_it_is_declared(load):
    document = changed_row(primaryValue=None)
    assert counts(load("comtrade", document, "json")) == (3, 1, 0, 0)
    declared = [("[records]\n", '[records]\nnull = "missing"\n')]
    assert counts(load("comtrade", document, "json", declared)) == (3, 0, 1, 0)


@pytest.mark.parametrize(("flag", "value"), [("isReported", False), ("isAggregate", True), ("isReported", None)])
def test_comtrade_what_was_not_reported_as_such_is_refused_or_told_apart(load, flag, value):
    document = changed_row(**{flag: value})
    with pytest.raises(FileRefusedError, match=flag):
        load("comtrade", document, "json")
    # The same by another declaration: estimates and aggregates are left out, the rest is loaded.
    declared = [
        ('must = { isAggregate = "false", isReported = "true" }\n', ""),
        (
            'motCode = "0", partner2Code = "0" }',
            'motCode = "0", partner2Code = "0", isAggregate = "false", isReported = "true" }',
        ),
        ('form = "year"\n', 'form = "year"\nunmatched = "exclude"\n'),
    ]
    assert counts(load("comtrade", document, "json", declared)) == (3, 0, 0, 1)


def test_comtrade_a_preview_that_stops_without_a_word_is_refused(load):
    preview = [("limit = 100000", "limit = 4")]
    with pytest.raises(FileRefusedError, match=r"fewer than 4 rows, where the service stops"):
        load("comtrade", COMTRADE, "json", preview)


def test_comtrade_refusals_of_the_service_are_told(load):
    for document in (
        {"statusCode": 401, "message": "Access denied due to missing subscription key."},
        comtrade(error="Quota exceeded", data=[], count=0),
    ):
        with pytest.raises(FileRefusedError, match=r"missing subscription key|Quota exceeded"):
            load("comtrade", document, "json")
