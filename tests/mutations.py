"""Change one sign, number or name of ``analysis`` at a time and count the changes that no test notices.

The mutants are mutmut's own.  One process imports the statistics, collects the tests and learns which test calls which
function; then it forks once a mutant and runs the tests that call the changed function: those whose file names the
module first, the quick ones before the slow ones, until they have taken ``--budget`` seconds.  A mutant that never
comes to an end is stopped and counts as found.  ``--again`` meets only the survivors of the last run, after tests were
added; ``--near`` starts sooner.

Example:
    python tests/mutations.py                      # all modules: an hour or two
    python tests/mutations.py ranking plan.table   # two modules: some minutes
    python tests/mutations.py ranking --near --again
"""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import gc
import json
import os
import re
import resource
import signal
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parents[1]
MUTANTS: Final = PROJECT / "mutants"
KEPT: Final = MUTANTS / "survivors.json"
# Fixed before numpy is imported: threads do not survive a fork.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
os.environ.pop("HAILONG_FULL", None)

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from mutmut.mutation.file_mutation import mutate_file_contents  # noqa: E402
from mutmut.mutation.trampoline import set_mutant_under_test  # noqa: E402
from mutmut.state import state  # noqa: E402

# Long simulations, and tests that start a process of their own, where no mutant lives.
LEFT_OUT: Final = (
    "not coverage and not open_cases and not sets_cover and not imports and not any_cell and not any_bytes"
)
PLAINLY: Final = "-q -s -p no:randomly -p no:xdist -W ignore::pytest.PytestAssertRewriteWarning"
PYTEST: Final = ["-m", "not slow", "-k", LEFT_OUT, *PLAINLY.split()]
EXAMPLES: Final = 15
TESTS: Final = sorted((PROJECT / "tests" / "analysis").rglob("test_*.py"))


@dataclass
class Mutations:
    """A pytest plugin that runs the tests once as they are, then some of them against each mutant."""

    mutants: dict[str, list[str]]  # module -> names of its mutants
    budget: float
    survivors: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    callers: dict[str, set[pytest.Item]] = field(default_factory=lambda: defaultdict(set))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        quick = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile(
            "mutations", deadline=None, max_examples=EXAMPLES, derandomize=True, database=None, phases=quick
        )
        hypothesis.settings.load_profile("mutations")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        set_mutant_under_test("stats")
        for item in session.items:
            state()._stats.clear()
            before = time.process_time()  # not the clock's, which other programs slow down
            _run(item)
            self.seconds[item.nodeid] = time.process_time() - before
            if session.testsfailed:
                pytest.exit(f"{item.nodeid} fails without any mutant", returncode=1)
            for function in state()._stats:
                self.callers[function].add(item)
        gc.collect()
        gc.freeze()  # what the collector does not touch, the forks share
        for module, names in self.mutants.items():
            self.survivors[module] = []
            for name in names:
                if not self._found(session, module, name):
                    self.survivors[module].append(name)
                    _say(f"  {name}: {differences(module, name)}")
            _say(f"{module}: {len(names)} mutants met, {len(self.survivors[module])} survived")
            KEPT.write_text(json.dumps(known_survivors() | self.survivors, indent=1))
        return True

    def _found(self, session: pytest.Session, module: str, mutant: str) -> bool:
        items = self._chosen(module, self.callers[f"analysis.{module}.{mutant.partition('__mutmut_')[0]}"])
        limit = 4 + round(5 * sum(self.seconds[item.nodeid] for item in items))
        child = os.fork()
        if child == 0:
            _meet(session, f"analysis.{module}.{mutant}", items, limit)
        end = time.monotonic() + 30 + 10 * limit
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status != 0
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.003)

    def _chosen(self, module: str, items: set[pytest.Item]) -> list[pytest.Item]:
        near = {path: named(module, path) for path in {item.path for item in items}}
        chosen: list[pytest.Item] = []
        total = 0.0
        for item in sorted(items, key=lambda item: (not near[item.path], self.seconds[item.nodeid], item.nodeid)):
            total += self.seconds[item.nodeid]
            if total < self.budget or not chosen:
                chosen.append(item)
        return chosen


class _Quit:
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            os._exit(1)


def _meet(session: pytest.Session, mutant: str, items: list[pytest.Item], limit: int) -> None:
    """Run the tests in this fork and end it: 0 when none of them noticed the mutant."""
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit += round(used.ru_utime + used.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
        set_mutant_under_test(mutant)
        session.config.pluginmanager.register(_Quit())
        for item in items:
            _run(item)
        os._exit(0)
    finally:  # the fork must not come back, whatever the mutant raised
        os._exit(1)


def _run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _say(text: str) -> None:
    sys.__stderr__.write(text + "\n")  # type: ignore[union-attr]  # a terminal or a pipe is there


def write_mutants(modules: list[str]) -> dict[str, list[str]]:
    """Write ``analysis`` into ``mutants``, these modules with their mutants beside each function; return the names."""
    names: dict[str, list[str]] = {}
    for source in sorted((PROJECT / "analysis").rglob("*.py")):
        path = source.relative_to(PROJECT)
        module = ".".join(path.with_suffix("").parts[1:])
        text = source.read_text()
        if module in modules:
            mutated = mutate_file_contents(str(path), text)
            text, names[module] = mutated.code, list(mutated.mutant_names)
        (MUTANTS / path).parent.mkdir(parents=True, exist_ok=True)
        (MUTANTS / path).write_text(text)
    return {module: names[module] for module in modules}


@functools.cache
def named(module: str, tests: Path) -> bool:
    """Tell whether a file of tests names a module."""
    return re.search(rf"\b{module.rpartition('.')[2]}\b", tests.read_text()) is not None


def known_survivors() -> dict[str, list[str]]:
    """Return the survivors of the runs so far, by module."""
    known: dict[str, list[str]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return known


def differences(module: str, mutant: str) -> str:
    """Return the lines that make a mutant, old (-) and new (+), on one line."""
    text = (MUTANTS / "analysis" / (module.replace(".", "/") + ".py")).read_text()
    lines = text.splitlines()
    function = mutant.partition("__mutmut_")[0]
    places = {node.name: node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    before, after = (
        [line.replace(name, function) for line in lines[places[name].lineno - 1 : places[name].end_lineno]]
        for name in (f"{function}__mutmut_orig", mutant)
    )
    changed = [
        line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[:2] not in {"--", "++", "@@"}
    ]
    return "  ".join(re.sub(r"\s+", " ", line) for line in changed)


def main() -> int:
    """Meet the mutants and tell of the survivors; return pytest's exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="a module of analysis; none given: all of them")
    parser.add_argument("--again", action="store_true", help="meet only the survivors of the last run")
    parser.add_argument("--near", action="store_true", help="only files of tests that name one of the modules")
    parser.add_argument("--budget", type=float, default=3, help="seconds of tests a mutant, as they take without it")
    given: Any = parser.parse_args()
    os.chdir(PROJECT)
    sources = (path.relative_to("analysis").with_suffix("").parts for path in sorted(Path("analysis").rglob("*.py")))
    modules = given.modules or [".".join(parts) for parts in sources if parts[-1] != "__init__"]
    mutants = write_mutants(modules)
    if given.again:
        before = known_survivors()
        mutants = {module: [name for name in names if name in before[module]] for module, names in mutants.items()}
    # Imported before the tests look for it, and found again by every one of them.
    sys.path.insert(0, str(MUTANTS))
    import analysis  # noqa: F401, PLC0415

    tests = [path for path in TESTS if not given.near or any(named(module, path) for module in modules)]
    return int(pytest.main([*map(str, tests or TESTS), *PYTEST], plugins=[Mutations(mutants, given.budget)]))


if __name__ == "__main__":
    sys.exit(main())
