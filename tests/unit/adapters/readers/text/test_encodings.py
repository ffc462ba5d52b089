from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.readers.errors import UnknownEncodingError
from sojourn.adapters.readers.text.encodings import KOREAN, UTF8, detect, readable, to_utf8

TEXT = "이름,값\n가나다,1\nabc,2\n"


def decoded(raw, encoding, skip=0, size=3):
    blocks = [(raw[i : i + size], i) for i in range(0, len(raw), size)]
    return b"".join(block for block, _ in to_utf8(blocks, encoding, skip)).decode()


@pytest.mark.parametrize(
    ("codec", "encoding", "skip"),
    [
        ("utf-8", UTF8, 0),
        ("utf-8-sig", UTF8, 3),
        ("cp949", KOREAN, 0),
        ("utf-16", "UTF-16-LE", 2),
        ("utf-16-le", "UTF-16-LE", 0),
        ("utf-16-be", "UTF-16-BE", 0),
        ("utf-32", "UTF-32-LE", 4),
    ],
)
def test_encodings_are_told_from_the_bytes(codec, encoding, skip) -> None:
    text = TEXT if codec not in {"utf-16-le", "utf-16-be"} else "user_id,event\n" + TEXT
    raw = text.encode(codec)
    assert detect(raw, None) == (encoding, skip)
    assert decoded(raw, encoding, skip) == text


def test_ascii_leaves_the_question_open() -> None:
    assert detect(b"user_id,event\n", None) == (None, 0)
    head = b"user_id,event\n" * 3
    assert decoded(head + "가\n나\n".encode("cp949"), None) == head.decode() + "가\n나\n"
    assert decoded(head + "가\n나".encode(), None) == head.decode() + "가\n나"


def test_mostly_korean_with_a_broken_line_is_korean() -> None:
    raw = ("가나다라\n" * 20).encode("cp949") + b"\xff\xff\n"
    assert detect(raw, None) == (KOREAN, 0)


def test_what_fits_nothing_is_asked_for() -> None:
    with pytest.raises(UnknownEncodingError, match="by name"):
        detect("Müller,ja\nBjörk,äö\n".encode("cp1252"), None)
    assert detect("Müller\n".encode("cp1252"), "cp1252") == ("cp1252", 0)
    with pytest.raises(UnknownEncodingError, match="Did you mean 'cp949'"):
        detect(b"x", "cp94")


@given(st.binary(max_size=40), st.integers(1, 7))
def test_any_bytes_become_text_and_undecodable_ones_stay_visible(raw, size) -> None:
    text = decoded(raw, UTF8, size=size)
    shown = readable(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert text == decoded(raw, UTF8, size=1000)
    if "\\x" not in shown and "\ufdd0" not in raw.decode(errors="ignore"):
        assert shown.encode() == raw


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0")),
    st.integers(1, 5),
)
def test_block_ends_do_not_matter(text, size) -> None:
    for encoding, codec in ((UTF8, "utf-8"), ("UTF-16-LE", "utf-16-le")):
        assert decoded(text.encode(codec), encoding, size=size) == text
    assert decoded(text.encode(), None, size=size) == text


def test_lines_in_utf8_amid_cp949_are_marked_and_not_made_into_other_korean() -> None:
    korean = ("가나다라 째\n" * 20).encode("cp949")
    raw = korean + "서울 시 가입\n".encode() + korean
    assert detect(raw, None) == (KOREAN, 0)
    for size in (3, 40, 10_000):
        lines = decoded(raw, KOREAN, size=size).split("\n")
        assert lines[:20] == lines[21:41] == ["가나다라 째"] * 20
        assert readable(lines[20]).startswith(r"\xec\x84\x9c\xec\x9a\xb8 \xec")


def test_the_encoding_of_most_lines_wins() -> None:
    utf8, korean = "구매 완료\n".encode(), "구매 완료\n".encode("cp949")
    assert detect(utf8 * 12 + korean * 8, None) == (UTF8, 0)
    assert detect(utf8 * 8 + korean * 12, None) == (KOREAN, 0)


def test_a_cp949_line_longer_than_is_held_is_decoded_all_the_same() -> None:
    text = "가나" * 1_200_000
    assert decoded(text.encode("cp949"), KOREAN, size=1 << 20) == text
