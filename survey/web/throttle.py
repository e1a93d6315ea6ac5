"""How often one network address may try something; in memory, a process each."""

from __future__ import annotations

import flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# Failures for one account are counted in the database, see services/sign_in.py.  This is for many accounts
# tried from one place; an office shares one address, so the limit is generous.
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://")


def init_throttle(app: flask.Flask) -> None:
    """Let views be limited; nothing is limited unless its view says so."""
    limiter.init_app(app)
