from __future__ import annotations

import bz2
import gzip

import pytest

from readouts import read
from sojourn.adapters.readers.errors import EmptyInputError

NUMBERED = "% Categories:\n\nhome news sport\n\n% Journeys:\n\n1 2 2 \n3 \n1 \n"


def test_numbers_name_the_categories() -> None:
    found = read(NUMBERED)
    assert found.reader.format == "sequences, no times"
    assert found.column("event") == ["home", "news", "news", "sport", "home"]
    assert found.column("position") == [1, 2, 3, 4, 5]
    assert found.column("time") == [None] * 5
    ids = found.column("user_id")
    assert [user.rpartition("-")[2] for user in ids] == ["1", "1", "1", "2", "3"]
    assert found.rows == 5


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packing_changes_nothing(pack) -> None:
    assert read(pack(NUMBERED.encode())).events == read(NUMBERED).events
    assert read(NUMBERED.replace("sport", "games")).events != read(NUMBERED).events


def test_names_may_stand_for_themselves() -> None:
    text = "home cart pay\nhome 404\n"
    assert read(text, format="sequences").column("event") == ["home", "cart", "pay", "home", "404"]
    assert read("% x\nhome  cart\n").column("event") == ["home", "cart"]


@pytest.mark.parametrize("arrow", [" > ", " -> ", " → "])
def test_arrows_allow_names_of_several_words(arrow) -> None:
    found = read(f"see ad{arrow}visit{arrow}buy\nvisit{arrow}leave\n", format="sequences")
    assert found.column("event") == ["see ad", "visit", "buy", "visit", "leave"]


def test_a_number_that_names_nothing(tmp_path) -> None:
    found = read(f"{NUMBERED}1 4 2\n0\n2 2\n")
    assert found.faults == [(10, "bad-word"), (11, "bad-word")]
    assert "a number from 1 to 3" in found.rejected[0].reason
    assert found.column("event")[-2:] == ["news", "news"]
    path = tmp_path / "rejected.seq"
    found.reader.write_rejected(tuple(found.rejected), str(path))
    again = read(path.read_text("utf-8").replace("1 4 2", "1 3 2"))
    assert again.column("event") == ["home", "sport", "news"]
    assert again.faults == [(5, "bad-word")]


def test_long_journeys_are_cut_into_batches() -> None:
    text = "home news\n" + "1 2 " * 400_000 + "\n" + "2\n" * 10
    found = read(text)
    assert found.rows == 800_010
    assert len(set(found.column("user_id"))) == 11


def test_nothing_but_comments() -> None:
    with pytest.raises(EmptyInputError):
        read("% only\n% comments\n", format="sequences")
