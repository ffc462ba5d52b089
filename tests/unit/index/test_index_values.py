"""Dictionaries are loaded once, when first looked at, and remember what conditions said."""

from __future__ import annotations

import pickle
from functools import partial

import pyarrow as pa

from sojourn.base.predicate import Compare, Operator
from sojourn.index import values
from sojourn.index.catalog import Column, ColumnKind
from sojourn.index.values import TextValues, dictionary, dictionary_marks

LOADED = []


def load(texts):
    LOADED.append(texts)
    return pa.array(texts, pa.large_string())


def test_texts_are_loaded_once_and_not_before():
    LOADED.clear()
    found = TextValues(3, partial(load, ("a", "b", "c")))
    assert len(found) == 3
    assert LOADED == []
    assert (found[1], found[:2], list(found), found.index("c")) == (
        "b",
        ["a", "b"],
        ["a", "b", "c"],
        2,
    )
    assert found.array.to_pylist() == ["a", "b", "c"]
    assert len(LOADED) == 1
    assert found == ["a", "b", "c"]
    assert found != ("a",)
    assert hash(found) == hash(TextValues(3, partial(load, "xyz")))
    again = pickle.loads(pickle.dumps(found))
    assert list(again) == list(found)


def test_conditions_are_answered_once_for_each_dictionary(monkeypatch):
    asked = []
    real = values.text_marks
    monkeypatch.setattr(values, "text_marks", lambda t, c: asked.append(c) or real(t, c))
    lazy = Column(name="x", kind=ColumnKind.CODES, values=TextValues(2, partial(load, ("a", "b"))))
    plain = Column(name="x", kind=ColumnKind.CODES, values=("a", "b"))
    is_b = Compare(field="x", operator=Operator.EQ, values=("b",))
    for column in (lazy, plain):
        assert dictionary_marks(column, is_b).tolist() == [0, 1]
        assert dictionary_marks(column, is_b).tolist() == [0, 1]
    assert len(asked) == 3  # once for the lazy one, each time for the other
    monkeypatch.setattr(values, "MARKS_KEPT", 2)
    for text in "abcdef":
        dictionary_marks(lazy, Compare(field="x", operator=Operator.EQ, values=(text,)))
    assert dictionary_marks(lazy, is_b).tolist() == [0, 1]
    assert dictionary(plain).to_pylist() == dictionary(lazy).to_pylist()
