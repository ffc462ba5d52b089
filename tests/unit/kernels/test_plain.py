"""Objects in their plain form: how a value was typed cannot be told from it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.kernels.plain import plain_objects

NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:(\.[0-9]+)|(\.[0-9]+)?([eE][+-]?[0-9]+))?")


def plain(texts: list[str]) -> list[str]:
    data = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, data)]).astype(np.int64)
    out = np.empty(offsets[-1], np.uint8)
    places = np.empty_like(offsets)
    plain_objects(offsets, np.frombuffer(b"".join(data), np.uint8), out, places)
    whole = out.tobytes()
    return [whole[places[i] : places[i + 1]].decode() for i in range(len(data))]


class Written(str):
    """A number as it was written."""

    __slots__ = ()


def twin(value: object) -> str:
    """The slow, obvious form of one value."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(k, ensure_ascii=False)}:{twin(v)}" for k, v in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, str):
        found = NUMBER.fullmatch(value)
        if found and found[2]:
            return found[1] + found[2].rstrip("0").rstrip(".")
        if found or value.lower() in {"true", "false"}:
            return value if found else value.lower()
        return value if isinstance(value, Written) else json.dumps(value, ensure_ascii=False)
    return as_written(value)


def as_written(value: object) -> str:
    match value:
        case Written():
            return value
        case dict():
            return "{" + ",".join(
                f"{json.dumps(k, ensure_ascii=False)}:{as_written(v)}" for k, v in value.items()
            ) + "}"  # fmt: skip
        case list():
            return "[" + ",".join(map(as_written, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?", fullmatch=True
)
NEAR = st.sampled_from(
    ["", "007", "1.", ".5", "-", "+1", "1e", "True", "false", "TRUE", "truely", "null", "NaN",
     "a:1.50,", 'x"y', "back\\", '\\"', "한글", "1.0 ", "12:30"]
)  # fmt: skip
TEXTS = st.one_of(NUMBERS, NEAR, st.text(max_size=5))
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS.map(Written), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=4)


def without_lists(value: object) -> object:
    """Lists are left alone, and so is what stands in them."""
    if isinstance(value, dict):
        return {k: without_lists(v) for k, v in value.items() if not isinstance(v, list)}
    return value


@given(st.lists(OBJECTS.map(without_lists), max_size=5))
def test_objects_are_as_their_slow_twin_writes_them(objects) -> None:
    assert plain([as_written(one) for one in objects]) == [twin(one) for one in objects]


@given(OBJECTS)
def test_a_column_of_texts_and_one_of_numbers_come_to_the_same(found) -> None:
    quoted = {k: str(v) if isinstance(v, Written) else v for k, v in found.items()}
    one, other = plain([as_written(found), as_written(quoted)])
    assert one == other


@given(st.lists(OBJECTS, max_size=4))
def test_what_is_plain_stays_and_no_object_runs_into_the_next(objects) -> None:
    texts = [as_written(one) for one in objects]
    once = plain(texts)
    assert once == [plain([text])[0] for text in texts]
    assert plain(once) == once


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"a":"12.50","b":"True"}', '{"a":12.5,"b":true}'),
        ('{"a":12.00,"b":1e5,"c":-0.10}', '{"a":12,"b":1e5,"c":-0.1}'),
        ('{"a":"007","b":"1.","c":"time:1.50,"}', '{"a":"007","b":"1.","c":"time:1.50,"}'),
        ('{"a":[1.50,"2"],"b":"2"}', '{"a":[1.50,"2"],"b":2}'),
        ('{"12":"12"}', '{"12":12}'),
        ('{"a":"\\"1\\""}', '{"a":"\\"1\\""}'),
        ('{"a":"', '{"a":"'),
        ('{"a":"x\\', '{"a":"x\\'),
        ("", ""),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert plain([text]) == [form]
