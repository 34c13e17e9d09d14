"""Install the system packages the tests need, or say which are missing.

Chromium and CJK fonts are needed by the browser tests, a PostgreSQL and a MariaDB server by the database tests,
LibreOffice by the test that opens exported files with it. As root on a Debian system they are installed with apt;
otherwise this prints what to install, and the tests that need a missing part skip loudly. Run by ``make test``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def _has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def _has_cjk_fonts() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=True).stdout.strip())


def _has_libreoffice() -> bool:
    return any(shutil.which(name) for name in ("soffice", "libreoffice"))


def _has_postgresql() -> bool:
    if os.environ.get("TEST_POSTGRESQL_URL"):
        return True
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or bool(shutil.which("initdb"))


def _has_mariadb() -> bool:
    return bool(shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin"))


def _has_faketime() -> bool:
    return any(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


NEEDS: dict[str, Callable[[], bool]] = {
    "chromium": _has_chromium,
    "fonts-noto-cjk": _has_cjk_fonts,
    "libreoffice-calc-nogui": _has_libreoffice,
    "postgresql": _has_postgresql,
    "mariadb-server": _has_mariadb,
    "poppler-utils": lambda: bool(shutil.which("pdftotext")),
    "faketime": _has_faketime,
}


def _missing() -> list[str]:
    return [package for package, present in NEEDS.items() if not present()]


def _install(packages: list[str]) -> bool:
    # Tests start servers of their own: a cluster made by the package would only take a port.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = [
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages],
    ]
    return all(
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode == 0 for command in commands
    )


def main() -> int:
    """Install what is missing where that is possible; never fail, because the tests skip what they lack."""
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} with apt-get ...", flush=True)
        _install(missing)
        missing = _missing()
    for package in missing:
        print(
            f"MISSING: {package}. Install it with: apt-get install {package}. Its tests will be skipped.",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
