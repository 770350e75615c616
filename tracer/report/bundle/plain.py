"""Frozen types <-> plain JSON, without loss: floats keep every digit, instants their zone.

Unlike the public schemas, which round, this is what a verification computes with.
"""

from __future__ import annotations

import dataclasses
import types
from datetime import datetime
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_AS_IT_IS = frozenset({str, int, float, bool, type(None)})
# Of each type met, the names of its fields: a viral video has millions of values of few types.
_FIELDS: dict[type, tuple[str, ...] | None] = {}


def to_plain(value: Any) -> Any:
    """Return a frozen type as dicts, lists, texts and numbers."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    names = _fields(kind)
    if names is not None:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(one) for one in value]
    if hasattr(value, "tolist"):  # a number of numpy's
        return value.tolist()
    return value


def _fields(kind: type) -> tuple[str, ...] | None:
    if kind not in _FIELDS:
        named = dataclasses.is_dataclass(kind)
        _FIELDS[kind] = tuple(one.name for one in dataclasses.fields(kind)) if named else None
    return _FIELDS[kind]


def from_plain(kind: type[T], value: Any) -> T:
    """Return the frozen type that `to_plain` was given.

    Raises :class:`ValueError` where the value is not of that type, whatever it is instead.
    """
    made: T = _made(kind, value)
    return made


def _made(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value)
    if origin is Literal:
        return _checked(value in get_args(kind), kind, value)
    if origin is tuple:
        return _tuple(get_args(kind), value)
    if origin in (dict, list):
        return _checked(isinstance(value, origin), kind, value)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value)
    if kind is datetime:
        _checked(isinstance(value, str), kind, value)
        return datetime.fromisoformat(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return _checked(type(value) is kind, kind, value)


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return _checked(type(None) in kinds, kinds, value)
    for kind in kinds:
        if kind is not type(None):
            return _made(kind, value)
    raise ValueError(f"{value!r} is none of {kinds}")


def _tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    _checked(isinstance(value, list), tuple, value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_made(kinds[0], one) for one in value)
    _checked(len(value) == len(kinds), kinds, value)
    return tuple(_made(kind, one) for kind, one in zip(kinds, value, strict=True))


def _dataclass(kind: Any, value: Any) -> Any:
    names = {one.name for one in dataclasses.fields(kind)}
    _checked(isinstance(value, dict) and set(value) == names, kind, value)
    hints = get_type_hints(kind)
    return kind(**{name: _made(hints[name], value[name]) for name in names})


def _checked(holds: bool, kind: Any, value: Any) -> Any:
    if not holds:
        raise ValueError(f"{str(value)[:80]!r} is not {kind}")
    return value
