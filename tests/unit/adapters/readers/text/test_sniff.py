from __future__ import annotations

import pytest

from sojourn.adapters.readers.errors import EmptyInputError, HeaderError
from sojourn.adapters.readers.text.sniff import distinct, sniff


def layout(head, delimiter=None, columns=()):
    return sniff(head, delimiter=delimiter, columns=columns, name="x.csv")


@pytest.mark.parametrize(
    ("head", "delimiter", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1,5;2\n", ";", 2),
        ("a\tb c\n1\t2, 3\n", "\t", 2),
        ("a|b\n1|2\n", "|", 2),
        (" a  b c\n 1 2  3\n", " ", 3),
        ('a,b\n"x;y;z",2\n', ",", 2),
        ("sep=;\na;b\n1;2\n", ";", 2),
        ("a,note\n1,one\n2,two words\n3,three or more words\n", ",", 2),
    ],
)
def test_delimiters(head, delimiter, width) -> None:
    found = layout(head)
    assert found.dialect.delimiter == delimiter
    assert len(found.names) == width
    assert found.header_records == (2 if head.startswith("sep") else 1)


def test_a_delimiter_can_be_given() -> None:
    assert layout("a b,c\n1 2,3\n", "blanks").names == ("a", "b,c")
    assert layout("a^b\n1^2\n", "^").names == ("a", "b")
    with pytest.raises(HeaderError, match="cannot separate"):
        layout("a,b\n", "ab")


def test_every_row_may_end_with_a_delimiter() -> None:
    assert layout("a,b\n1,2,\n3,4,\n").names == ("a", "b", "")


def test_names_can_be_given() -> None:
    assert layout("1,2\n", columns=("a", "b")).header_records == 0
    assert layout("a,b\n1,2\n", columns=("a", "b")).header_records == 1
    with pytest.raises(HeaderError, match="2 fields"):
        layout("1,2\n", columns=("a",))


@pytest.mark.parametrize("head", ["1,2\n3,4\n", "u1,2025-01-02 03:04\n", "00004 0001 19970101\n"])
def test_values_are_no_header(head) -> None:
    with pytest.raises(HeaderError, match="no column names"):
        layout(head)


@pytest.mark.parametrize("head", ["", "  \n\n", "sep=,\n"])
def test_nothing(head) -> None:
    with pytest.raises(EmptyInputError):
        layout(head)


def test_names_are_made_distinct() -> None:
    header = distinct(["a", "a", "a (2)", "", "b", "a"])
    assert header.names == ("a", "a (2)'", "a (2)", "column 4", "b", "a (3)")
    assert header.repeated == {"a"}
