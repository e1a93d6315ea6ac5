"""What every application of the tests would compile anew: templates, and what makes an address of a route."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _CompiledTemplates(BytecodeCache):
    """Templates compiled once for all applications of the tests, not once for each."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._compiled[bucket.key] = (bucket.checksum, bucket.code)


# Citizens' pages have an environment of their own, with settings of their own.
COMPILED_TEMPLATES, COMPILED_CITIZENS_TEMPLATES = _CompiledTemplates(), _CompiledTemplates()


def compile_addresses_once() -> None:
    """Let routes of one wording share the function that builds their address; a tenth of a second an application."""
    compile_builder = Rule._compile_builder
    known: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT002  werkzeug's signature
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    Rule._compile_builder = compile_once  # type: ignore[method-assign]
