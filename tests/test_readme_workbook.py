"""The README's walk-through of a workbook is executed as it stands: draft, fill, preview, drop, refresh."""

from __future__ import annotations

import re
import shutil

from sqlalchemy import func, select

from data import draft, preview, schema
from data.refresh import refresh
from data.settings import ROOT, Settings
from data.warehouse import open_warehouse

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.split("#### Connect your own workbook in ten minutes")[1].split("\n#### ")[0]
COMMANDS = dict(re.findall(r"^python -m data\.(\w+) (.*)$", SECTION, flags=re.MULTILINE))
FILLED = SECTION.split("<!-- my_brent -->\n```toml\n")[1].split("\n```")[0]
SAID = SECTION.split("```text\n")[1].split("\n```")[0]


def test_the_walk_through_of_a_workbook(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", f"sqlite:///{tmp_path / 'a.db'}")
    drafting, _, target = COMMANDS["draft"].partition(" > ")
    assert draft.main(drafting.split()) == 0
    drafted = capsys.readouterr().out
    open_lines = [line for line in drafted.splitlines() if "TODO" in line or line.startswith("page")]
    assert set(drafted.splitlines()) - set(open_lines) == set(FILLED.splitlines()) & set(drafted.splitlines())
    assert "TODO" not in FILLED

    sources, inbox = tmp_path / "sources", tmp_path / "inbox" / "my_brent"
    sources.mkdir()
    inbox.mkdir(parents=True)
    declaration = sources / target.rpartition("/")[2]
    declaration.write_text(FILLED, encoding="utf-8")
    assert COMMANDS["preview"].split()[0] == target
    sample = COMMANDS["preview"].split()[1]
    assert preview.main([str(declaration), sample]) == 0
    assert SAID in capsys.readouterr().out

    shutil.copy(ROOT / sample, inbox)
    (inbox / "eia_brent-month.xls.done").touch()
    url = f"sqlite:///{tmp_path / 'a.db'}"
    summary = refresh(Settings(warehouse=url, sources=sources, drop_folder=tmp_path / "inbox", simulated=False))
    assert (summary.failed, summary.total("new")) == ([], 375)
    warehouse = open_warehouse(url)
    with warehouse.connected() as connection:
        assert connection.execute(select(func.count()).select_from(schema.observation)).scalar() == 375
    warehouse.dispose()
