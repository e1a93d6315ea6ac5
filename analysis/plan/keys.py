"""The keys of one table of a plan, each read once and checked for its type."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from analysis.plan.errors import PlanError

Value = str | int | float
Mapping = dict[str, Any]


class Keys:
    """The keys of one table of the plan; whatever is not asked for is unknown."""

    def __init__(self, mapping: Mapping, file: str, place: str) -> None:
        self.left = dict(mapping)
        self._known: list[str] = []
        self._file, self._place = file, place

    def refuse(self, key: str, problem: str) -> None:
        """Raise the error of a key."""
        msg = f"in {self._place}, {key} {problem}"
        raise PlanError(msg, file=self._file)

    def take(self, key: str) -> Any:  # noqa: ANN401 - TOML holds anything; the callers check
        """Return a key's value, None where it is not there."""
        self._known.append(key)
        return self.left.pop(key, None)

    def rest(self) -> Mapping:
        """Return everything that is left."""
        rest, self.left = self.left, {}
        for key, value in rest.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, bool) or not isinstance(item, str | int | float):
                    self.refuse(key, "must be a text or a number, or a list of them")
        return rest

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self.left:
            near = get_close_matches(key, self._known, n=1)
            self.refuse(key, f"is not known; {f'did you mean {near[0]}?' if near else 'leave it out'}")

    def text(self, key: str) -> str | None:
        """Return a text, None where it is not there."""
        value = self.take(key)
        if value is not None and (not isinstance(value, str) or not value):
            self.refuse(key, "must be a text in quotation marks")
        return value if value is None else str(value)

    def required_text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.text(key)
        if value is None:
            self.refuse(key, "is missing; add it")
        return str(value)

    def required_value(self, key: str) -> Value:
        """Return a text or number that must be there."""
        value = self.values(key)
        if value is None or len(value) != 1:
            self.refuse(key, "must be one text or number")
        return value[0] if value else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text is a list of one."""
        value = self.take(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) and item for item in items):
            self.refuse(key, "must be a text in quotation marks, or a list of them")
        return tuple(items)

    def values(self, key: str) -> tuple[Value, ...] | None:
        """Return a list of texts and numbers; None where it is not there."""
        value = self.take(key)
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in items):
            self.refuse(key, "must be a text or a number, or a list of them")
        return tuple(items)

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(key, "must be a number")
        return float(value)

    def whole(self, key: str) -> int | None:
        """Return a whole number of at least 0, None where it is not there."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.refuse(key, "must be a whole number of at least 0")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, "must be true or false")
        return default if value is None else bool(value)

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of the allowed texts."""
        value = self.take(key)
        if value is None:
            return default
        if value not in allowed:
            self.refuse(key, f"is {value!r}; choose one of {', '.join(map(repr, allowed))}")
        return str(value)

    def pair(self, key: str) -> tuple[float, float] | None:
        """Return the lowest and the highest of a scale, None where it is not there."""
        value = self.values(key)
        if value is None:
            return None
        if len(value) != 2 or any(isinstance(end, str) for end in value) or not value[0] < value[1]:  # type: ignore[operator]  # noqa: PLR2004 - a scale has two ends, and both are numbers here
            self.refuse(key, "must be its lowest and highest value, such as [1, 5]")
        return float(value[0]), float(value[1])

    def table(self, key: str) -> Keys:
        """Return a table inside this one, empty where it is not there."""
        value = self.take(key)
        if value is not None and not isinstance(value, dict):
            self.refuse(key, f"must be a table: [{key}] or {{ … }}")
        return Keys(value or {}, self._file, f"[{key}]" if self._place == "the plan" else f"{self._place}, {key}")

    def tables(self, key: str) -> list[Keys]:
        """Return a list of tables, empty where it is not there."""
        value = self.take(key)
        items = [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.refuse(key, f"must be written as [[{key}]]")
        return [Keys(item, self._file, f"[[{key}]] {item.get('name', number)}") for number, item in enumerate(items, 1)]
