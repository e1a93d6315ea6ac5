"""The door of the terminal, as ``wsgi.py`` is the door of the web: runs one verb of ``survey/cli``.

Started by ``hailong.py`` in the environment that it made; not meant to be called by hand.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

# A signal ends a verb at once and without a traceback, unless the verb has something to put in order.
for _number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_number, lambda number, _frame: os._exit(128 + number))
if hasattr(signal, "pthread_sigmask"):
    # hailong.py held them back until now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})

from flask.cli import ScriptInfo  # noqa: E402  what takes long comes after the signals

from survey.cli import Verbs  # noqa: E402  likewise
from survey.cli._refusals import RefusedError  # noqa: E402  likewise

if TYPE_CHECKING:
    import flask

NAME = "python3 hailong.py"
# These verbs make or check the data themselves.
PREPARING = (["run"], ["migrate"], ["backup"], ["restore"])


def load_app() -> flask.Flask:
    """Make the application from the environment; only the verbs that need it wait for it."""
    from pydantic import ValidationError  # noqa: PLC0415

    from config import Config  # noqa: PLC0415
    from survey.factory import create_app  # noqa: PLC0415

    try:
        config = Config()
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0]).upper()
        setting = name if name == "PUBLIC_URL" else f"HAILONG_{name}"
        raise RefusedError(
            vi=f"Cấu hình {setting} không hợp lệ ({fault['msg']}); xem docs/operating.md.",
            en=f"The setting {setting} cannot be used ({fault['msg']}); see docs/operating.md.",
        ) from error
    prepares = sys.argv[1:2] in PREPARING
    if not prepares and config.is_embedded and not config.sqlite_path.exists():
        raise RefusedError(
            vi=f"Trong {config.data_dir} chưa có dữ liệu; hãy sửa --data, hoặc chạy python3 hailong.py run trước.",
            en=f"There is no data in {config.data_dir}; correct --data, or start python3 hailong.py run first.",
        )
    app = create_app(config)
    if not prepares:
        from survey.cli._schema import require_current  # noqa: PLC0415  loads what the help need not wait for

        with app.app_context():
            require_current()
    return app


if __name__ == "__main__":
    Verbs(name=NAME).main(obj=ScriptInfo(create_app=load_app), prog_name=NAME)
