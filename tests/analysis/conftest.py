"""Settings of the property tests of the statistics."""

from __future__ import annotations

from os import environ

from hypothesis import settings

# No deadline: the first call that needs scipy imports it, which takes a second on a busy machine.
settings.register_profile("analysis", deadline=None, max_examples=1000 if "HAILONG_FULL" in environ else 50)
settings.load_profile("analysis")
