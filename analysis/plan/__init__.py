"""An analysis plan: a TOML file that says what to estimate, written before the data exist, and a CSV file.

``run_plan`` reads both and returns plain values; ``as_json`` and ``as_text`` put them into bytes and words.
"""

from analysis.plan.errors import PlanError
from analysis.plan.output import as_json, as_text
from analysis.plan.running import run_plan

__all__ = ["PlanError", "as_json", "as_text", "run_plan"]
