"""Text from data cannot leave its place in the file."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.html.escape import in_text, inline_code, json_block

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(ANY_JSON)
def test_json_comes_back_as_it_was(value: object) -> None:
    readable = json.loads(json.dumps(value).encode("utf-8", "replace").decode("utf-8"))
    assert json.loads(json_block(value)) == readable


@given(st.text())
def test_nothing_in_json_can_end_a_script_or_begin_a_comment(text: str) -> None:
    block = json_block({"name": text, text: "</SCRIPT><!--<script>"})
    assert not set(block) & set("<>&\u2028\u2029")


@given(st.text(alphabet="<>&\"'ab \n"))
def test_text_has_no_markup(text: str) -> None:
    assert not set(in_text(text)) & set("<>\"'")


def test_built_code_cannot_close_its_element() -> None:
    source = 'x="</script>";y="</STYLE>";z="<!-- -->";a<b'
    safe = inline_code(source)
    assert "</script" not in safe.lower()
    assert "</style" not in safe.lower()
    assert "<!--" not in safe
    assert "a<b" in safe


def test_a_lone_surrogate_does_not_stop_the_file() -> None:
    assert json.loads(json_block({"name": "\ud800x"})) == {"name": "?x"}
