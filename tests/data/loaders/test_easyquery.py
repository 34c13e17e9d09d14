"""NBS answers that are not as declared."""

from __future__ import annotations

import json

import pytest

from data.loaders import FileRefusedError, parse


@pytest.fixture
def answer(sources, catalogue, tmp_path):
    """Parse the bundled consumer price answer after ``change`` spoilt it."""
    source = sources["nbs_easyquery"]

    def read(change):
        document = json.loads((source.paths()[-1]).read_text(encoding="utf-8"))
        change(document)
        path = tmp_path / "easyquery_test.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return parse(source, path, catalogue)

    return read


def node(document, index):
    return document["returndata"]["datanodes"][index]["data"]


def test_hasdata_false_is_missing_whatever_number_stands_there(answer):
    def change(document):
        node(document, 1).update(hasdata=False, data=110)

    assert answer(change).missing == 10


@pytest.mark.parametrize(
    ("data", "text", "reason"),
    [("110", "110.0", "not a number"), (None, "", "not a number"), (100.0, "110.0", "the text shown is '110.0'")],
)
def test_a_value_that_disagrees_with_its_text_is_rejected(answer, data, text, reason):
    result = answer(lambda document: node(document, 1).update(data=data, strdata=text))
    assert (len(result.facts), len(result.rejects)) == (107, 1)
    assert reason in result.rejects[0].reason


def test_another_unit_or_name_refuses_the_answer(answer):
    def unit(document):
        document["returndata"]["wdnodes"][0]["nodes"][0]["unit"] = "%"

    def name(document):
        document["returndata"]["wdnodes"][0]["nodes"][0]["cname"] = "居民消费价格指数(上月=100)"

    with pytest.raises(FileRefusedError, match=r"wdnodes A01010101: expected .* in unit ''; found .* in unit '%'"):
        answer(unit)
    with pytest.raises(FileRefusedError, match="上月=100"):
        answer(name)


def test_an_indicator_nobody_declared_refuses_the_answer(answer):
    def change(document):
        document["returndata"]["wdnodes"][0]["nodes"][0]["code"] = "A99"

    with pytest.raises(FileRefusedError, match="wdnodes A99: expected a declared indicator"):
        answer(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(returncode=500),
        lambda document: document.update(returndata=[]),
        lambda document: document["returndata"].pop("wdnodes"),
        lambda document: document["returndata"]["datanodes"][0].pop("data"),
        lambda document: node(document, 0).update(hasdata="no"),
    ],
)
def test_another_shape_is_refused(answer, change):
    with pytest.raises(FileRefusedError):
        answer(change)


def test_text_that_is_not_json_is_refused(sources, catalogue, tmp_path):
    path = tmp_path / "easyquery_test.json"
    path.write_text("<html>busy</html>", encoding="utf-8")
    with pytest.raises(FileRefusedError, match="strict JSON"):
        parse(sources["nbs_easyquery"], path, catalogue)
