"""Who asks: anybody, or the key of another system and what it may be used for; and how often he asks."""

from __future__ import annotations

import functools
import hashlib
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar
from uuid import UUID

import flask

from survey.api.problems import RefusalError
from survey.db import Database, reading
from survey.queries.agencies import get_agency
from survey.services.api_keys import find_key

REQUESTS_A_MINUTE: Final = 600
# An office shares one address, and a program may read page after page.
PUBLIC_REQUESTS_A_MINUTE: Final = 300
MOST_KEYS: Final = 10_000
_MINUTE: Final = 60.0
_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Caller:
    """The system that asks: its key, and the agency on which that lies."""

    key_id: UUID
    agency_id: UUID
    agency_path: str


class Requests:
    """Counts the requests of each key or address in memory; every process counts for itself."""

    def __init__(self, most: int = REQUESTS_A_MINUTE, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._times: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def allow(self, who: Hashable) -> bool:
        """Count a request, and tell whether who sends it has not sent too many in this minute."""
        now = self._clock()
        with self._lock:
            times = self._times.setdefault(who, deque(maxlen=self._most))
            self._times.move_to_end(who)
            if len(self._times) > MOST_KEYS:
                self._times.popitem(last=False)
            if len(times) == times.maxlen and now - times[0] < _MINUTE:
                return False
            times.append(now)
            return True


class Addresses:
    """Turns network addresses into marks that only this process can make, so that none is kept anywhere."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)

    def mark(self, address: str) -> bytes:
        """Return the mark of an address."""
        return hashlib.blake2b(address.encode(), key=self._salt, digest_size=16).digest()


def without_key(view: _View) -> _View:
    """Let anybody call the view, as often as ``PUBLIC_REQUESTS_A_MINUTE`` from one network address."""

    @functools.wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- the view's own
        extensions = flask.current_app.extensions
        mark = extensions["addresses"].mark(flask.request.remote_addr or "")
        if not extensions["public_requests"].allow(mark):
            raise _too_many(
                vi="Địa chỉ này gửi quá nhiều yêu cầu; hãy đợi một phút rồi gửi tiếp.",
                en="This address sends too many requests; wait a minute, then go on.",
            )
        return view(*arguments, **named)

    guarded.access = "public"  # type: ignore[attr-defined]  # read by the test of house rules
    return guarded  # type: ignore[return-value]  # it takes and gives what the view does


def with_key(scope: str) -> Callable[[_View], _View]:
    """Let only who shows a valid key with this scope call the view, which finds him by ``current_caller``."""

    def decorate(view: _View) -> _View:
        @functools.wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- the view's own
            flask.g.caller = _require_caller(scope)
            return view(*arguments, **named)

        guarded.access = "api_key"  # type: ignore[attr-defined]  # read by the test of house rules
        return guarded  # type: ignore[return-value]  # it takes and gives what the view does

    return decorate


def current_caller() -> Caller:
    """Return who asks; only in views that ask for a key."""
    caller: Caller = flask.g.caller
    return caller


def current_engine() -> Database:
    """Return the database of the application that serves this request."""
    engine: Database = flask.current_app.extensions["engine"]
    return engine


def _require_caller(scope: str) -> Caller:
    kind, _, plain = flask.request.headers.get("Authorization", "").partition(" ")
    with reading(current_engine()) as session:
        key = find_key(session, plain.strip()) if kind.lower() == "bearer" else None
        agency = get_agency(session, agency_id=key.agency_id) if key else None
        if key is None or agency is None:
            raise RefusalError(
                HTTPStatus.UNAUTHORIZED,
                vi="Khoá thiếu, sai hoặc đã bị thu hồi; hãy gửi tiêu đề Authorization: Bearer kèm khoá của cơ quan.",
                en="The key is missing, wrong or revoked; send the header Authorization: Bearer with the agency's key.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if scope not in key.scopes:
            raise RefusalError(
                HTTPStatus.FORBIDDEN,
                vi=f"Khoá này không có quyền {scope}; hãy xin khoá có quyền đó.",
                en=f"This key lacks the scope {scope}; ask for one that has it.",
            )
        caller = Caller(key.id, key.agency_id, agency.path)
    if not flask.current_app.extensions["requests"].allow(caller.key_id):
        raise _too_many(
            vi="Khoá này gửi quá nhiều yêu cầu; hãy đợi một phút rồi gửi tiếp.",
            en="This key sends too many requests; wait a minute, then go on.",
        )
    return caller


def _too_many(*, vi: str, en: str) -> RefusalError:
    return RefusalError(HTTPStatus.TOO_MANY_REQUESTS, vi=vi, en=en, headers={"Retry-After": str(int(_MINUTE))})
