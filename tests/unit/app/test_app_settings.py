"""Settings from the environment, the clock, and reading one batch ahead."""

from __future__ import annotations

import threading
import time

import pytest

from sojourn.app.clock import now_us
from sojourn.app.collecting.limits import Limits, read_limits
from sojourn.app.prefetch import prefetched
from sojourn.app.settings import Settings, SizeError, parse_size, read_settings


def test_defaults() -> None:
    assert read_settings({}) == Settings(memory_bytes=2 * 1024**3, commit_rows=4_000_000, threads=0)


def test_everything_can_be_set() -> None:
    given = {"SOJOURN_MEMORY": "512MB", "SOJOURN_COMMIT_ROWS": "10", "SOJOURN_THREADS": "3"}
    assert read_settings(given) == Settings(memory_bytes=512 * 1024**2, commit_rows=10, threads=3)


def test_the_way_to_a_database_is_read_and_never_shown() -> None:
    given = {"SOJOURN_DATABASE": "postgresql://a:secret@b/c", "PGPASSWORD": "secret",
             "PGPASSFILE": "/home/a/.pgpass"}  # fmt: skip
    found = read_settings(given)
    assert (found.database, found.password) == ("postgresql://a:secret@b/c", "secret")
    assert found.password_file == "/home/a/.pgpass"
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2 * 1024**3), ("1.5 g", 1536 * 1024**2), ("600MiB", 600 * 1024**2),
     ("536870912", 536870912), ("1T", 1024**4)],
)  # fmt: skip
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "2 GB 3", "-1GB", "2PB", "511MB", "0"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(SizeError, match=repr(text)):
        parse_size(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [("SOJOURN_COMMIT_ROWS", "0"), ("SOJOURN_COMMIT_ROWS", "many"), ("SOJOURN_THREADS", "-1")],
)
def test_what_is_no_whole_number(name: str, text: str) -> None:
    with pytest.raises(SizeError, match=name):
        read_settings({name: text})


def test_the_clock_is_in_microseconds() -> None:
    assert abs(now_us() - time.time_ns() // 1000) < 5_000_000


def test_items_come_in_order_and_one_is_made_ahead() -> None:
    made: list[int] = []
    ready = threading.Event()

    def items():
        for i in range(4):
            made.append(i)
            if i == 1:
                ready.set()
            yield i

    ahead = prefetched(items())
    assert next(ahead) == 0
    assert ready.wait(5)  # 1 is made although nobody asked for it
    assert list(ahead) == [1, 2, 3]
    assert made == [0, 1, 2, 3]


def test_an_error_comes_where_its_item_would_have() -> None:
    def items():
        yield 1
        raise ValueError("broken")

    ahead = prefetched(items())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="broken"):
        next(ahead)


def test_stopping_early_ends_the_thread() -> None:
    before = threading.active_count()
    ahead = prefetched(iter(range(100)))
    assert next(ahead) == 0
    ahead.close()
    assert threading.active_count() == before


def test_the_collectors_limits_can_be_set() -> None:
    assert read_limits({}) == Limits(call_bytes=32 * 1024, request_bytes=6 * 1024**2, calls=10_000)
    given = {"SOJOURN_MOST_CALL": "64KB", "SOJOURN_MOST_BODY": "500KB", "SOJOURN_MOST_CALLS": "5"}
    wanted = Limits(call_bytes=65_536, request_bytes=512_000, calls=5, per_key=900)
    assert read_limits(given | {"SOJOURN_MOST_PER_KEY": "900"}) == wanted


@pytest.mark.parametrize(
    ("name", "text"),
    [("CALL", "1"), ("CALL", "7MB"), ("BODY", "1KB"), ("BODY", "1GB"), ("BODY", "much"),
     ("CALLS", "0"), ("CALLS", "-1"), ("PER_KEY", "-1"), ("PER_KEY", "few")],
)  # fmt: skip
def test_limits_that_cannot_be_say_what_can(name: str, text: str) -> None:
    with pytest.raises(SizeError, match="Allowed"):
        read_limits({f"SOJOURN_MOST_{name}": text})
