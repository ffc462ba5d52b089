"""Spells as a partial, and curves from them, against the slow way over all ages."""

from __future__ import annotations

import numpy as np
import pytest

from sojourn.base.estimate import Estimate
from sojourn.stages import spells as module
from sojourn.stages.crossing import band, first_at_half
from sojourn.stages.survival import curves, kaplan_meier
from stage_ages import of_ages


def drawn(seed: int, n: int, *, late: bool = False, crowded: bool = False):
    """Ages by destination (0: still going on), when first observed, and at last events."""
    rng = np.random.default_rng(seed)
    ages = rng.integers(1, 5, n) if crowded else rng.integers(1, 10**12, n)
    if crowded and n:
        ages[0] = 10**15
    to = rng.integers(0, 4, n)
    exits = [ages[to == state] for state in range(4)]
    begun = ages[rng.random(n) < 0.2] // 2 if late else ages[:0]
    seen = (exits[3] * rng.random(len(exits[3]))).astype(np.int64)
    return exits, begun[begun > 0], seen


def slow_curve(exits, late):
    """Ages, staying, Greenwood's sum, at risk and incidences, one age after another."""
    ages = sorted({int(age) for part in exits[1:] for age in part})
    stay, spread, rows, share = 1.0, 0.0, [], np.zeros(len(exits) - 1)
    everybody = np.concatenate(exits)
    for age in ages:
        risk = int((everybody >= age).sum() - (late >= age).sum())
        left = np.array([int((part == age).sum()) for part in exits[1:]])
        share = share + stay * left / risk
        stay *= 1 - left.sum() / risk
        spread += left.sum() / (risk * (risk - left.sum())) if risk > left.sum() else 0.0
        rows.append((age, stay, spread, risk, share))
    return rows


def slow_variance(exits, late, to):
    """Marubini and Valsecchi's variance, summed after the last age."""
    rows, before, total = slow_curve(exits, late), 1.0, 0.0
    last = rows[-1][4][to]
    for age, stay, _, risk, share in rows:
        left = sum(int((part == age).sum()) for part in exits[1:])
        one, ahead = int((exits[to + 1] == age).sum()), last - share[to]
        total += ahead**2 * (left / (risk * (risk - left)) if risk > left else 0.0)
        total += before**2 * one * (risk - one) / risk**3 - 2 * ahead * before * one / risk**2
        before = stay
    return total


CASES = [(0, 0, False, False), (1, 1, False, False), (2, 300, False, False),
         (3, 300, True, False), (4, 400, False, True)]  # fmt: skip


@pytest.mark.parametrize(("seed", "n", "late", "crowded"), CASES)
def test_curves_are_those_of_the_slow_way(seed, n, late, crowded) -> None:
    exits, begun, seen = drawn(seed, n, late=late, crowded=crowded)
    curve, active = curves(of_ages(exits, begun, seen))
    ends = [curve] if active is None else [curve, active]
    assert (active is None) == bool(len(begun))
    for found, last in zip(ends, (exits[3], seen), strict=False):
        ages = [*exits[:3], last]
        slow = slow_curve(ages, begun)
        assert found.ages_us.tolist() == [row[0] for row in slow]
        assert found.staying == pytest.approx([row[1] for row in slow])
        assert found.greenwood == pytest.approx([row[2] for row in slow])
        assert found.at_risk.tolist() == [row[3] for row in slow]
        assert found.longest_us == max((int(a) for part in ages for a in part), default=0)
        for to, share in enumerate(found.exits if slow else ()):
            assert share.value == pytest.approx(slow[-1][4][to])
            if 0 < share.value < 1:
                half = np.log(np.log(share.low) / np.log(share.value))
                spread = half / 1.959963984540054 * abs(share.value * np.log(share.value))
                assert spread**2 == pytest.approx(slow_variance(ages, begun, to))


@pytest.mark.parametrize(("n", "crowded"), [(1, False), (900, True), (20_000, False)])
def test_only_as_far_as_the_median_needs_has_the_same_median(n, crowded) -> None:
    spells = of_ages(*drawn(7, n, crowded=crowded))
    (_, whole), (_, part) = curves(spells), curves(spells, whole=False)
    assert part.median() == whole.median()
    assert part.exits == ()
    assert len(part.ages_us) < 0.8 * len(whole.ages_us) or n < 20_000


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [1, 3, 700, 5000])
def test_the_band_crosses_one_half_where_looking_at_every_point_says(seed, n) -> None:
    rng = np.random.default_rng(seed)
    left = rng.integers(1, 4, n)
    risk = left[::-1].cumsum()[::-1] + rng.integers(0, 3) * n
    staying = np.cumprod(1 - left / risk)
    greenwood = np.cumsum(np.where(risk > left, left / np.maximum(risk * (risk - left), 1), 0.0))
    low, high = band(staying, greenwood, np.arange(n))
    expected = [
        int(below[0]) if len(below := np.flatnonzero(line <= 0.5 + 1e-12)) else None
        for line in (staying, low, high)
    ]
    assert list(first_at_half(staying, greenwood)) == expected


def test_beyond_the_limit_only_bins_are_kept_and_the_curve_says_so(monkeypatch) -> None:
    exits, begun, seen = drawn(5, 4000)
    exact = of_ages(exits, begun, seen)
    monkeypatch.setattr(module, "EXACT_LIMIT", 1000)
    halves = [of_ages([e[i::2] for e in exits], begun, seen[i::2]) for i in (0, 1)]
    one, two = halves[0] + halves[1], halves[1] + halves[0].coarsened()
    assert (one.cells == two.cells).all()
    assert one.coarse
    assert not one.parts
    curve, fine = kaplan_meier(one), kaplan_meier(exact)
    assert curve.n == fine.n == 4000
    assert fine.relative_error == 0.0
    for coarse, true in zip(curve.median(), fine.median(), strict=True):
        assert coarse == pytest.approx(true, rel=curve.relative_error)
    for coarse, true in zip(curve.exits, fine.exits, strict=True):
        assert isinstance(coarse, Estimate)
        assert coarse.value == pytest.approx(true.value, abs=1e-2)


def test_up_to_the_limit_every_age_is_kept(monkeypatch) -> None:
    exits, begun, seen = drawn(6, 900)
    monkeypatch.setattr(module, "EXACT_LIMIT", 900)
    halves = [of_ages([e[i::2] for e in exits], begun, seen[i::2]) for i in (0, 1)]
    both = halves[0] + halves[1]
    assert not both.coarse
    whole = of_ages(exits, begun, seen)
    assert sorted(both.ordered()[0].tolist()) == sorted(whole.ordered()[0].tolist())


def test_bins_are_those_of_all_durations() -> None:
    from sojourn.insight.numbers.logbins import bin_of

    ages = np.array([0, 1, 255, 256, 511, 512, 10**6, 2**53 - 1, 2**54 + 3], np.int64)
    none = ages[:0]
    cells = of_ages([none, ages, none], none, none).coarsened().cells
    assert np.flatnonzero(cells[1]).tolist() == sorted(set(bin_of(ages).tolist()))
    assert cells.sum() == len(ages)


def test_everybody_gone_to_one_place_is_a_share_of_one() -> None:
    none = np.empty(0, np.int64)
    for n in range(2, 400):  # some sums of parts fall short of 1 by the last bit
        [share] = kaplan_meier(of_ages([none, np.arange(1, n)], none, none)).exits
        assert (share.low, share.high) == (share.value, share.value) == pytest.approx((1.0, 1.0))
