"""The application that a server loads: ``wsgi:app``."""

from __future__ import annotations

from config import Config
from survey.factory import create_app
from survey.web.settle import settle

app = create_app(Config())
settle()
