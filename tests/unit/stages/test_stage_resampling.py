"""Intervals of sojourns over every spell: draws against people really copied, and their coverage."""

from __future__ import annotations

import math
from functools import reduce
from operator import add

import numpy as np
import pytest

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.kernels.stages.resample import drawn_curves, weight_of
from sojourn.stages import resampling
from sojourn.stages.figures import median_days
from sojourn.stages.resampling import Bag, bootstrapped, poisson
from sojourn.stages.spells import code_bits
from sojourn.stages.survival import kaplan_meier
from stage_ages import of_ages

STATES = 4  # still going on, two stages, lapsed
BITS = code_bits(STATES)
DAY = 86_400_000_000
RULE, EVENT = (BITS, STATES, STATES - 1), (BITS, STATES, STATES + 1)


def made(people: int, each: int, seed: int, *, late: bool = False):
    """Return rows of (person, age first observed, age at the end, destination, last event)."""
    random = np.random.default_rng(seed)
    ages = random.integers(2, 30, people * each) * DAY
    return [
        (person, int(age) // 2 if late and random.random() < 0.4 else 0, int(age),
         int(random.integers(0, STATES)), int(age) // 2)
        for person, age in zip(np.repeat(np.arange(people), each).tolist(), ages, strict=True)
    ]  # fmt: skip


def hashed(people: int, seed: int = 0):
    return np.random.default_rng(seed).integers(0, 2**64, people, np.uint64)


def spells_of(rows):
    exits = [np.array([r[2] for r in rows if r[3] == to], np.int64) for to in range(STATES)]
    late = np.array([r[1] for r in rows if r[1]], np.int64)
    seen = np.array([r[4] for r in rows if r[3] == STATES - 1], np.int64)
    return of_ages(exits, late, seen)


def bag_of(rows, hashes):
    keys = [((r[2] << BITS) | r[3], r[0]) for r in rows]
    keys += [((r[1] << BITS) | STATES, r[0]) for r in rows if r[1]]
    keys += [((r[4] << BITS) | (STATES + 1), r[0]) for r in rows if r[3] == STATES - 1]
    return Bag.of(np.array([k for k, _ in keys]), hashes[[person for _, person in keys]])


def drawn(rows, hashes):
    curve = kaplan_meier(spells_of(rows))
    return bootstrapped(curve, bag_of(rows, hashes), STATES, by_last_event=False)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("level", [0, 3])
def test_a_draw_is_the_curve_of_people_copied_so_often(late: bool, level: int) -> None:
    rows, hashes, chances = made(20, 2, 7, late=late), hashed(20), poisson(2.0**level)
    bag, points = bag_of(rows, hashes), np.array([0.5, 3, 9, 40]) * DAY
    order = np.argsort(bag.keys)
    whose = np.unique(bag.people[order], return_inverse=True)
    for shape in (RULE, EVENT)[: 1 if late else 2]:
        found = drawn_curves(bag.keys[order], whose, shape, points, chances, 9)
        for draw in range(9):
            weights = [weight_of(each, draw, chances) for each in hashes]
            copies = [row for row in rows for _ in range(weights[row[0]])]
            if shape is EVENT:  # lapses moved to the last event
                copies = [(*r[:2], r[4] if r[3] == STATES - 1 else r[2], *r[3:]) for r in copies]
            curve = kaplan_meier(spells_of(copies))
            assert found.spells[draw] == len(copies)
            assert found.staying[draw] == pytest.approx([curve.staying_at(p) for p in points])
            assert found.gone[draw] == pytest.approx([share.value for share in curve.exits])
            assert found.median[draw] == (curve.median()[0] or math.inf)


@pytest.mark.parametrize("mean", [1.0, 8.0])
def test_weights_are_poisson(mean: float) -> None:
    hashes, chances = hashed(20_000, 1), poisson(mean)
    one, two = (np.array([weight_of(h, draw, chances) for h in hashes]) for draw in (0, 399))
    for weights in (one, two):
        assert weights.mean() == pytest.approx(mean, rel=0.03)
        assert weights.var() == pytest.approx(mean, rel=0.05)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03


def test_people_who_come_often_make_the_interval_wider() -> None:
    single, hashes = made(300, 1, 3), hashed(300)
    often = [row for row in single for _ in range(8)]  # the same eight times over tells nothing new
    lone, many = median_days(drawn(single, hashes)), median_days(drawn(often, hashes))
    naive = median_days(kaplan_meier(spells_of(often)))
    assert (lone.low, lone.value, lone.high) == (many.low, many.value, many.high)
    assert naive.high - naive.low < many.high - many.low
    assert many.low < many.value < many.high


def test_the_interval_of_single_spells_is_near_the_formulas() -> None:
    rows = made(3000, 1, 11)
    curve, found = kaplan_meier(spells_of(rows)), drawn(rows, hashed(3000))
    places = np.arange(3, 20)
    for ours, theirs in zip(found.band(places), curve.band(places), strict=True):
        assert ours == pytest.approx(theirs, abs=0.01)
    for one, other in zip(found.exits, curve.exits, strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.01)


def test_fewer_than_two_people_say_nothing_about_others() -> None:
    found = drawn(made(1, 9, 2), hashed(1))
    assert isinstance(median_days(found), NotEstimable)
    assert all(isinstance(share, NotEstimable) for share in found.exits)
    low, high = found.band(np.arange(len(found.ages_us)))
    assert (low.max(), high.min()) == (0.0, 1.0)


def test_bags_beyond_their_limit_keep_the_same_people_however_they_merge(monkeypatch) -> None:
    rows, hashes = made(900, 3, 5), hashed(900, 4)
    monkeypatch.setattr(resampling, "LIMIT", 600)
    monkeypatch.setattr(resampling, "LEAST", 50)
    whole = bag_of(rows, hashes)
    parts = [bag_of([row for row in rows if row[0] % 7 == part], hashes) for part in range(7)]
    assert whole.level == 3
    for merged in (reduce(add, parts), reduce(add, parts[::-1])):
        assert merged.level == whole.level
        kept = sorted(zip(merged.keys.tolist(), merged.people.tolist(), strict=True))
        assert kept == sorted(zip(whole.keys.tolist(), whole.people.tolist(), strict=True))
    monkeypatch.setattr(resampling, "LEAST", 200)
    assert bag_of(rows, hashes).level == 2  # fewer people would say too little


def test_a_part_of_the_people_stands_for_all(monkeypatch) -> None:
    rows, hashes = made(4000, 2, 8), hashed(4000, 9)
    full = drawn(rows, hashes)
    monkeypatch.setattr(resampling, "LIMIT", 3000)
    monkeypatch.setattr(resampling, "LEAST", 500)
    assert bag_of(rows, hashes).level == 2
    part = drawn(rows, hashes)
    places = np.arange(4, 20)
    (low, high), (least, most) = part.band(places), full.band(places)
    assert ((low <= part.staying[places]) & (part.staying[places] <= high)).all()
    assert (high - low) == pytest.approx(most - least, rel=0.2)  # not twice as wide


def simulated(random, people: int):
    """Return spells of people who differ: each comes often, and stays as long as they do."""
    rows, typical = [], np.exp(random.normal(math.log(10.0), 0.7, people))
    for person in range(people):
        for _ in range(1 + random.poisson(4)):
            stays, seen = typical[person] * random.exponential(1.0), random.uniform(20.0, 60.0)
            age = max(1, int(min(stays, seen) * DAY))
            rows.append((person, 0, age, 1 if stays <= seen else 0, 0))
    return rows


def true_median() -> float:
    """Median of the simulated stays, by solving the mixture's survival for one half."""
    normal = np.random.default_rng(0).normal(math.log(10.0), 0.7, 400_000)
    low, high = 0.0, 60.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if np.exp(-middle / np.exp(normal)).mean() > 0.5 else (low, middle)
        )
    return low


def test_the_intervals_cover_the_truth() -> None:
    truth, random = true_median(), np.random.default_rng(1)
    covered, naive, runs = 0, 0, 400
    for run in range(runs):
        rows = simulated(random, 80)
        ours, theirs = (
            median_days(curve)
            for curve in (drawn(rows, hashed(80, run)), kaplan_meier(spells_of(rows)))
        )
        assert isinstance(ours, Estimate)
        covered += ours.low <= truth <= ours.high
        naive += theirs.low <= truth <= theirs.high
    assert covered / runs >= 0.92  # 95 % less more than twice what 400 runs scatter by
    assert naive / runs < covered / runs - 0.05  # taking spells as independent claims too much
