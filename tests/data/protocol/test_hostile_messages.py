"""H-09 and H-04 on documents: XXE, entity bombs, doctypes, cuts and nonsense are refused; nobody is called."""

from __future__ import annotations

import json
import random
import time

import pytest

from data.facts import Fact, Reject
from data.loaders import FileRefusedError, parse
from data.loaders.source import SourceError
from tests.data.protocol.conftest import MESSAGES
from tests.fault_server import Reply

FLAT = (MESSAGES / "sdmx/ml21_generic_flat.xml").read_text(encoding="utf-8")
ML30 = (MESSAGES / "sdmx/ml30_structurespecific_ecb_exr.xml").read_text(encoding="utf-8")


@pytest.fixture
def load(catalogue, sources, tmp_path):
    def of(code, content, suffix="xml"):
        path = tmp_path / f"message.{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return parse(sources[code], path, catalogue)

    return of


def with_doctype(doctype, text=FLAT, value="1.3413"):
    head, rest = text.split("?>", 1)
    return f"{head}?>{doctype}{rest.replace('1.3413', value, 1)}"


BOMB = '<!DOCTYPE x [<!ENTITY a "1111111111">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("doctype", "value"),
    [
        ("<!DOCTYPE x>", "1.3413"),
        ('<!DOCTYPE x [<!ENTITY e "1.3413">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "{canary}/entity">]>', "&e;"),
        ('<!DOCTYPE x SYSTEM "{canary}/definition.dtd">', "1.3413"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "{canary}/parameter"> %p;]>', "1.3413"),
        (f"{BOMB}]>", "&i;"),
    ],
    ids=["empty", "internal", "file", "external", "external definition", "parameter", "entity bomb"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_h_09_any_doctype_is_refused_before_parsing(load, server, doctype, value, encoding):
    for path in ("/entity", "/definition.dtd", "/parameter"):
        server.scripts[path] = [Reply(b"1.3413")]
    text = with_doctype(doctype.replace("{canary}", server.address), value=value)
    content = text.replace("UTF-8", encoding.upper()).encode(encoding)
    began = time.monotonic()
    for code in ("sdmx_generic_flat", "sdmx_ecb_annual"):
        with pytest.raises(FileRefusedError, match=r"no document type definition"):
            load(code, content)
    assert time.monotonic() - began < 1
    assert server.requests == []


def test_h_09_a_schema_location_is_not_visited(load, server):
    text = FLAT.replace("../../../../schemas/SDMXMessage.xsd", f"{server.address}/SDMXMessage.xsd")
    assert server.address in text
    assert len(load("sdmx_generic_flat", text).facts) == 12
    assert server.requests == []


def test_h_09_deep_nesting_and_another_encoding_are_refused(load):
    with pytest.raises(FileRefusedError, match=r"deeper than 40"):
        load("sdmx_generic_flat", "<a>" * 100_000)
    with pytest.raises(FileRefusedError, match=r"whole, plain XML"):
        load("sdmx_generic_flat", FLAT.replace("UTF-8", "UTF-7"))
    with pytest.raises(FileRefusedError, match=r"nested too deeply"):
        load("sdmx_json_rates", "[" * 100_000, "json")


@pytest.mark.parametrize("share", range(40))
def test_h_04_a_message_cut_anywhere_is_refused(load, share):
    for code, text, suffix in (
        ("sdmx_generic_flat", FLAT, "xml"),
        ("sdmx_ecb_annual", ML30, "xml"),
        ("sdmx_json_rates", (MESSAGES / "sdmx/json20_exr_flat.json").read_text(encoding="utf-8"), "json"),
        ("comtrade", (MESSAGES / "comtrade/comtrade_v1_get_HS_china.json").read_text(encoding="utf-8"), "json"),
        ("world_bank_api", (MESSAGES / "worldbank/v2_gdp_sample.json").read_text(encoding="utf-8"), "json"),
    ):
        with pytest.raises(FileRefusedError):
            load(code, text.rstrip()[: len(text.rstrip()) * share // 40], suffix)


def test_h_04_a_csv_cut_inside_a_line_is_refused(load):
    text = (MESSAGES / "sdmx/csv20_example_01.csv").read_text(encoding="utf-8").rstrip()
    last = text.rindex("\n") + 1
    for end in range(last + 1, text.rindex(",")):
        with pytest.raises(FileRefusedError, match=r"the file may be cut|unexpected end of data"):
            load("sdmx_csv_one", text[:end], "csv")


@pytest.mark.parametrize("old", ["2_1/message", "v2_1"])
def test_another_version_of_sdmx_is_refused_with_the_reason(load, old):
    new = old.replace("2_1", "2_0")
    with pytest.raises(FileRefusedError, match=r"expected SDMX-ML 2.1 or 3.0"):
        load("sdmx_generic_flat", FLAT.replace(old, new))


def test_an_observation_the_library_does_not_see_refuses_the_message(load, monkeypatch):
    """The scan counts 13 observations, one in an element of another kind that the library passes over."""
    from data.loaders import sdmx_xml

    real = sdmx_xml._through_library
    monkeypatch.setattr(sdmx_xml, "_through_library", lambda path: list(real(path))[:-1])
    with pytest.raises(FileRefusedError, match=r"expected 12 observations; found 11 were read"):
        load("sdmx_generic_flat", FLAT)


def test_a_deletion_is_not_loaded_as_a_value(load):
    flat = FLAT.replace('<message:DataSet structureRef="STR1"', '<message:DataSet action="Delete" structureRef="STR1"')
    with pytest.raises(FileRefusedError, match=r"action Delete"):
        load("sdmx_generic_flat", flat)
    text = (MESSAGES / "sdmx/json20_exr_flat.json").read_text(encoding="utf-8").replace('"Merge"', '"Delete"')
    with pytest.raises(FileRefusedError, match=r"found Delete"):
        load("sdmx_json_rates", text, "json")
    text = (MESSAGES / "sdmx/csv20_example_10.csv").read_text(encoding="utf-8").replace(",R,", ",D,")
    with pytest.raises(FileRefusedError, match=r"found 'D'"):
        load("sdmx_csv_one", text, "csv")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('value="CHF" id="UNIT_MEASURE"', 'value="USD" id="UNIT_MEASURE"', "UNIT_MEASURE 'CHF'; found 'USD'"),
        ('value="0" id="UNIT_MULT"', 'value="3" id="UNIT_MULT"', "UNIT_MULT '0'; found '3'"),
        ('value="EUR" id="CURRENCY_DENOM"', 'value="USD" id="CURRENCY_DENOM"', "CURRENCY_DENOM 'EUR'; found 'USD'"),
        ('value="CHF" id="CURRENCY"', 'value="XXX" id="CURRENCY"', "expected CURRENCY, FREQ, EXR_VAR: .* found XXX"),
        ('id="TIME_PERIOD"', 'id="TIME_PERIODE"', "field 'TIME_PERIOD'"),
    ],
)
def test_h_07_another_unit_multiplier_code_or_name_refuses_the_message_and_names_the_place(load, old, new, reason):
    assert old in FLAT
    with pytest.raises(FileRefusedError, match=reason):
        load("sdmx_generic_flat", FLAT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1,3413", "not a number"), ("1_3", "not a number"), ("nan", "not a number"), ("INF", "not a number"),
        ("-", "not a number"), ("٣", "not a number"), ("1.5E3", "not a number"), ("0x10", "not a number"),
    ],
)  # fmt: skip
def test_a_value_that_is_no_number_is_rejected_with_its_place_and_text(load, value, reason):
    parsed = load("sdmx_generic_flat", FLAT.replace('ObsValue value="1.3413"', f'ObsValue value="{value}"', 1))
    assert (len(parsed.facts), len(parsed.rejects)) == (11, 1)
    reject = parsed.rejects[0]
    assert (reject.raw, reject.place) == (value, "M.CHF.EUR.SP00.E 2010-08, OBS_VALUE")
    assert reason in reject.reason


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ('value="A" id="OBS_STATUS"', 'value="P" id="OBS_STATUS"', ("P", "F", 1.3413)),
        ('value="A" id="OBS_STATUS"', 'value="E" id="OBS_STATUS"', ("E", "F", 1.3413)),
        ('value="F" id="CONF_STATUS_OBS"', 'value="C" id="CONF_STATUS_OBS"', ("A", "C", 1.3413)),
    ],
)
def test_the_status_of_an_observation_is_kept(load, old, new, status):
    fact = load("sdmx_generic_flat", FLAT.replace(old, new, 1)).facts[0]
    assert (fact.obs_status, fact.conf_status, fact.value) == status


def test_an_observation_without_value_keeps_what_its_status_says_or_is_rejected(load):
    empty = FLAT.replace('<generic:ObsValue value="1.3413"/>', "", 1)
    parsed = load("sdmx_generic_flat", empty.replace('value="A" id="OBS_STATUS"', 'value="M" id="OBS_STATUS"', 1))
    assert (parsed.facts[0].value, parsed.facts[0].obs_status) == (None, "M")
    parsed = load("sdmx_generic_flat", empty)
    assert "empty" in parsed.rejects[0].reason
    parsed = load("sdmx_generic_flat", FLAT.replace('value="A" id="OBS_STATUS"', 'value="Z" id="OBS_STATUS"', 1))
    assert "OBS_STATUS 'Z' is not declared" in parsed.rejects[0].reason


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("sdmx_generic_flat", "sdmx/ml21_generic_flat.xml"),
        ("sdmx_ecb_annual", "sdmx/ml30_structurespecific_ecb_exr.xml"),
        ("sdmx_json_rice", "sdmx/json20_agri.json"),
        ("sdmx_csv_one", "sdmx/csv20_example_01.csv"),
        ("comtrade", "comtrade/comtrade_v1_get_HS_china.json"),
        ("world_bank_api", "worldbank/v2_gdp_sample.json"),
    ],
)
def test_mutated_messages_never_crash_and_account_for_every_cell(load, code, name):
    """Each mutation is refused, or every record of it is a fact, a reject, missing or excluded."""
    path = MESSAGES / name
    original = path.read_bytes()
    chance = random.Random(20261123)
    refused = 0
    for _ in range(60):
        mutated = bytearray(original)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(mutated))
            action = chance.random()
            if action < 0.4:
                mutated[at] = chance.randrange(256)
            elif action < 0.7:
                del mutated[at : at + chance.randint(1, 40)]
            else:
                mutated[at:at] = mutated[chance.randrange(len(mutated)) :][: chance.randint(1, 40)]
        try:
            parsed = load(code, bytes(mutated), path.suffix[1:])
        except (FileRefusedError, SourceError):
            refused += 1
            continue
        assert parsed.cells_read == parsed.rows_read
        assert all(isinstance(fact, Fact) and fact.place for fact in parsed.facts)
        assert all(isinstance(reject, Reject) and reject.reason for reject in parsed.rejects)
    assert refused


def test_json_with_a_name_twice_or_nan_is_refused(load):
    text = (MESSAGES / "worldbank/v2_gdp_sample.json").read_text(encoding="utf-8")
    with pytest.raises(FileRefusedError, match=r"'value' stands twice"):
        load("world_bank_api", text.replace('"unit":""', '"unit":"","value":1', 1), "json")
    with pytest.raises(FileRefusedError, match=r"NaN is not a number"):
        load("world_bank_api", text.replace('"value":null', '"value":NaN', 1), "json")
    with pytest.raises(FileRefusedError, match=r"expected 5 rows as the answer says; found 4"):
        load("world_bank_api", text.replace('"total":4', '"total":5', 1), "json")


def test_comtrade_that_reports_an_error_or_another_count_is_refused(load):
    document = json.loads((MESSAGES / "comtrade/comtrade_v1_get_HS_china.json").read_text(encoding="utf-8"))
    with pytest.raises(FileRefusedError, match=r"error: expected ''; found 'quota'"):
        load("comtrade", json.dumps({**document, "error": "quota"}), "json")
    with pytest.raises(FileRefusedError, match=r"4 rows as the answer says; found 3"):
        load("comtrade", json.dumps({**document, "data": document["data"][:3]}), "json")
    with pytest.raises(FileRefusedError, match=r"at least one record; found none"):
        load("comtrade", json.dumps({**document, "count": 0, "data": []}), "json")


def test_a_country_that_is_not_declared_is_rejected_with_its_record(load):
    text = (MESSAGES / "worldbank/v2_gdp_sample.json").read_text(encoding="utf-8")
    parsed = load("world_bank_api", text.replace('"MEX"', '"XXX"', 1), "json")
    assert (len(parsed.facts), len(parsed.rejects)) == (1, 1)
    assert parsed.rejects[0].place == "$[1][0]"
    assert "region 'XXX' is not in the code list" in parsed.rejects[0].reason
    assert "value=1832641364775.52" in parsed.rejects[0].raw
