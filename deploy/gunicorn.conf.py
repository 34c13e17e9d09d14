"""gunicorn: a few processes with many threads each, loaded once and forked.

Threads, not processes, carry waiting readers: idle and half-sent connections each hold one (browsers open some of
their own accord), so a small pool would stop the whole site. Preloading shares the code between the processes.
"""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
from typing import TYPE_CHECKING

from data.settings import SettingsError, is_loopback, load_settings

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

PR_SET_PDEATHSIG = 1  # linux/prctl.h

try:
    _settings = load_settings()
except SettingsError as error:
    raise SystemExit(f"OneScreen does not start: {error}") from error

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.workers
threads = _settings.threads
preload_app = True
keepalive = 30
timeout = 60
graceful_timeout = 10
control_socket_disable = True
limit_request_line = 4094
limit_request_fields = 60
proc_name = "onescreen"
errorlog = "-"
loglevel = "warning"


def when_ready(server: Arbiter) -> None:
    """Print the address; warn when other machines can reach it."""
    # What stands now stands for good: the collector need not walk it at every turn, nor a fork copy it.
    gc.collect()
    gc.freeze()
    if not is_loopback(_settings.host):
        print(  # noqa: T201 - the place of start-up messages
            f"WARNING: listening on {bind}, which other machines can reach, and there is no sign-in yet.",
            file=sys.stderr,
            flush=True,
        )
    print(f"OneScreen is ready: http://{bind}/  ·  http://{bind}/wall/overview", flush=True)  # noqa: T201 - as above


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let the new process open its own connections, and end with its master, which else leaves the port taken."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    worker.app.wsgi().extensions["onescreen"].warehouse.after_fork()
