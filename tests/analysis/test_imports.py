from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import analysis

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.walk_packages(analysis.__path__, "analysis."))


def test_importing_analysis_does_not_import_scipy() -> None:
    names = "; ".join(f"import {name}" for name in MODULES)
    code = f"import sys; {names}; print([name for name in sys.modules if name.partition('.')[0] == 'scipy'])"

    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert len(MODULES) > 20
    assert found.stdout.strip() == "[]"
