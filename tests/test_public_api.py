"""`import tracer` offers what `__all__` says: sorted, complete, importable."""

from __future__ import annotations

import inspect

import tracer


def test_all_is_sorted_and_without_repeats():
    assert list(tracer.__all__) == sorted(set(tracer.__all__))


def test_all_is_every_public_name():
    public = {
        name
        for name in dir(tracer)
        if not name.startswith("_")
        and name != "annotations"
        and not inspect.ismodule(getattr(tracer, name))
    }
    assert set(tracer.__all__) - {"__version__"} == public


def test_every_public_name_exists_and_says_what_it_is():
    for name in tracer.__all__:
        thing = getattr(tracer, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), f"tracer.{name} has no docstring"
