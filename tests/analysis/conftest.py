"""Settings of the property tests of the statistics."""

from __future__ import annotations

from hypothesis import settings

# No deadline: the first call that needs scipy imports it, which takes a second on a busy machine.
settings.register_profile("analysis", deadline=None)
settings.load_profile("analysis")
