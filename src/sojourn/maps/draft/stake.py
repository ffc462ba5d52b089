"""What is lost at a place, as a range, and whether the place does its work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import Estimate, NotEstimable, wilson
from sojourn.base.money import UNKNOWN_CURRENCY
from sojourn.maps.document import Health, Label, MaybeStake, Stake

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.maps.draft.columns import Chosen
    from sojourn.maps.draft.rates import Rates

FEWEST_WEEKS = 4
WEEK_PEOPLE = 10
"""A week with fewer arrivals says too little to have a rate."""
GROUP_PEOPLE = 100
FEWEST_FOR_HEALTH = 30
FEWEST_TREND = 8
"""Weeks needed to tell a fall."""
MUCH_STOPPED = 0.25
CLEAR_GAP = 0.05
"""A group must be at least this much below the others, beyond doubt, to make a step weak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of one kind at a place, and how many of them went on."""

    name: str
    n: int
    went: int

    @property
    def said(self) -> str:
        """The value alone where it says enough by itself: a word, no number, and no yes or no."""
        value = self.name.partition(" = ")[2] or self.name
        return value if value.isalpha() and len(value) > 3 and value != "false" else self.name

    @property
    def rate(self) -> float:
        """Share that went on."""
        return self.went / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The rates at one step or stage.

    Attributes
    ----------
    n, went : int
        Mature arrivals, and those who went on in time.
    weekly : ndarray of shape (weeks, 2), int64
    groups : tuple of Group
        Every comparable group.
    money : tuple of int
        Minor units spent by those who went on, and how many they are.
    """

    n: int
    went: int
    weekly: NDArray[np.int64]
    groups: tuple[Group, ...]
    money: tuple[int, int]


def place_of(found: Rates, number: int, columns: Chosen) -> Place:
    """Return the rates at one place."""
    groups = [
        Group(name=f"{column.name} = {column.values[value - 1]}", n=int(row[0]), went=int(row[1]))
        for column, counts in zip(columns.segments, found.segments, strict=True)
        for value, row in enumerate(counts[number])
        if value and row[0]
    ]
    return Place(
        n=int(found.people[number, 0]),
        went=int(found.people[number, 1]),
        weekly=found.weekly[number],
        groups=tuple(groups),
        money=(int(found.money[number, 0]), int(found.money[number, 1])),
    )


def stake_of(place: Place, currency: str, days: float) -> MaybeStake:
    """Return what lifting a place would bring: low and high, as DEFINITIONS says.

    Low: from its median weekly rate to its own best quartile. High: to the best comparable group
    of at least 100 people (device, source …; without any, the people of each four weeks). Times
    what those who go on spend; without money, people.
    """
    if not place.weekly.shape[0]:
        return NotEstimable("these events carry no times")
    weeks = place.weekly[place.weekly[:, 0] >= WEEK_PEOPLE]
    if len(weeks) < FEWEST_WEEKS:
        return NotEstimable("too few weeks with 10 people or more")
    if not place.went:  # there is no better week or group to hold it against
        return NotEstimable("nobody went on within the window")
    able = [group for group in place.groups or _stretches(weeks) if group.n >= GROUP_PEOPLE]
    if not able:
        return NotEstimable("no comparable group of 100 people")
    by_week = weeks[:, 1] / weeks[:, 0]
    usual, good = (float(np.quantile(by_week, q)) for q in (0.5, 0.75))
    best = max(able, key=lambda group: (group.rate, group.name))
    ends = sorted((place.n * max(0.0, good - usual), place.n * max(0.0, best.rate - usual)))
    worth = place.money[0] / place.money[1] if place.money[1] else 0.0
    priced = worth > 0 and currency != ""
    low, high = (each * worth for each in ends) if priced else ends
    return Stake(
        low=math.floor(low),
        high=math.ceil(high),
        unit="money" if priced else "people",
        currency=currency if priced else "",
        days=days,
        assumptions=_assumptions(place, (usual, good), best, worth if priced else None),
    )


def gap_words(place: Place) -> Label:
    """Return in a few words how far a usual week lies from the best."""
    weeks = place.weekly[place.weekly[:, 0] >= WEEK_PEOPLE]
    usual = (
        float(np.quantile(weeks[:, 1] / weeks[:, 0], 0.5)) if len(weeks) else place.went / place.n
    )
    able = [group for group in place.groups if group.n >= GROUP_PEOPLE]
    best = max(able, key=lambda group: (group.rate, group.name), default=None)
    stop = round(100 * (1 - usual))
    if not stop:
        return Label(en="Nearly everybody goes on", ko="거의 모두 다음으로 감")
    if best is None or best.rate <= usual or round(100 * (1 - best.rate)) == stop:
        return Label(en=f"{stop}% stop in a usual week", ko=f"보통 주에 {stop}%가 멈춤")
    least = f"{100 * (1 - best.rate):.0f}%"
    return Label(
        en=f"{stop}% stop in a usual week, {least} of {best.said}",
        ko=f"보통 주에 {stop}%가 멈춤, {best.said} 고객은 {least}",
    )


def _stretches(weeks: NDArray[np.int64]) -> list[Group]:
    """Return the people of each four weeks as groups, for data without groups of their own."""
    return [
        Group(name=f"weeks {start + 1} to {start + 4}", n=int(part[0]), went=int(part[1]))
        for start in range(0, len(weeks) - 3, 4)
        for part in (weeks[start : start + 4].sum(axis=0),)
    ]


def _assumptions(
    place: Place, week: tuple[float, float], best: Group, worth: float | None
) -> tuple[Label, ...]:
    usual, good = week
    found = [
        Label(
            en=f"{place.n:,} people came long enough ago to know; in a usual week"
            f" {100 * usual:.1f}% go on.",
            ko=f"결과를 알 만큼 지난 {place.n:,}명 기준이며, 보통 주에는 {100 * usual:.1f}%가 "
            "다음으로 가요.",
        ),
        Label(
            en=f"Low: every week as good as the best quarter of weeks ({100 * good:.1f}%).",
            ko=f"최소: 모든 주가 상위 4분의 1 주({100 * good:.1f}%)만큼 될 때.",
        ),
        Label(
            en=f"High: everybody as good as {best.name} ({100 * best.rate:.1f}%, n {best.n:,}).",
            ko=f"최대: 모두가 {best.name} 집단({100 * best.rate:.1f}%, n {best.n:,})만큼 될 때.",
        ),
    ]
    if worth is not None:
        found.append(
            Label(
                en="Those who go on spend as much as those who did, within the window.",
                ko="다음으로 가는 고객은 지금까지 간 고객만큼 기간 안에 쓴다고 봐요.",
            )
        )
    return tuple(found)


def health_of(place: Place, stopped: tuple[int, int], usual_stop: float) -> tuple[Health, Label]:
    """Return whether a step does its work, and the reason in words.

    Weak when the last quarter of the weeks is clearly below the weeks before, when a large group
    does clearly worse than the rest, or when clearly more people stop here than elsewhere.

    Parameters
    ----------
    place : Place
    stopped : tuple of int
        People last seen here, and people who were here.
    usual_stop : float
        Median share of people last seen at a step.
    """
    if place.n < FEWEST_FOR_HEALTH:
        return Health.UNKNOWN, Label(
            en=f"Have {place.n:,} people old enough to judge, need {FEWEST_FOR_HEALTH}.",
            ko=f"판단할 수 있는 고객이 {place.n:,}명이에요. {FEWEST_FOR_HEALTH}명이 필요해요.",
        )
    fallen = _fallen(place)
    if fallen is not None:
        return Health.WEAK, fallen
    behind = _behind(place)
    if behind is not None:
        return Health.WEAK, behind
    leaking = _leaking(stopped, usual_stop)
    if leaking is not None:
        return Health.WEAK, leaking
    if len(place.weekly) < FEWEST_TREND and not any(g.n >= GROUP_PEOPLE for g in place.groups):
        return Health.UNKNOWN, Label(
            en=f"Nothing to compare with: fewer than {FEWEST_TREND} weeks and no group of"
            f" {GROUP_PEOPLE} people.",
            ko=f"견줄 것이 없어요. {FEWEST_TREND}주가 안 되고 {GROUP_PEOPLE}명 이상인 집단도 "
            "없어요.",
        )
    share = stopped[0] / stopped[1] if stopped[1] else 0.0
    return Health.FINE, Label(
        en=f"No group lags clearly behind and no recent fall; {100 * share:.1f}% were last seen"
        " here.",
        ko=f"뚜렷이 뒤처지는 집단도, 최근의 하락도 없어요. {100 * share:.1f}%가 여기서 "
        "마지막으로 보였어요.",
    )


def _fallen(place: Place) -> Label | None:
    weeks = place.weekly[place.weekly[:, 0] > 0]
    if len(weeks) < FEWEST_TREND:
        return None
    cut = len(weeks) - len(weeks) // 4
    (n1, k1), (n2, k2) = weeks[:cut].sum(axis=0), weeks[cut:].sum(axis=0)
    change = difference((int(k2), int(n2)), (int(k1), int(n1)))
    if n2 < FEWEST_FOR_HEALTH or change is None or change.high >= -0.02:
        return None
    return Label(
        en=f"Fell to {100 * k2 / n2:.1f}% in the last {len(weeks) - cut} weeks, from"
        f" {100 * k1 / n1:.1f}% before ({points(change)}).",
        ko=f"최근 {len(weeks) - cut}주에 {100 * k2 / n2:.1f}%로, 그 전 {100 * k1 / n1:.1f}%보다 "
        f"낮아졌어요({points(change, ko=True)}).",
    )


def _leaking(stopped: tuple[int, int], usual_stop: float) -> Label | None:
    share = wilson(*stopped)
    if isinstance(share, NotEstimable) or share.low <= max(MUCH_STOPPED, 1.5 * usual_stop):
        return None
    return Label(
        en=f"{100 * share.value:.1f}% of those who came were last seen here ({stopped[0]:,} of"
        f" {stopped[1]:,}), far more than at a usual step.",
        ko=f"온 고객의 {100 * share.value:.1f}%가 여기서 마지막으로 보였어요"
        f"({stopped[1]:,}명 중 {stopped[0]:,}명). 다른 스텝보다 훨씬 많아요.",
    )


def _behind(place: Place) -> Label | None:
    """Return words about the group that lags furthest behind the others, if one clearly does."""
    worst: tuple[float, Group, Estimate] | None = None
    for group in place.groups:
        rest = (place.went - group.went, place.n - group.n)
        if group.n < GROUP_PEOPLE or rest[1] < GROUP_PEOPLE:
            continue
        gap = difference((group.went, group.n), rest)
        if gap is not None and gap.high < -CLEAR_GAP:
            lost = group.n * -gap.value
            if worst is None or lost > worst[0]:
                worst = (lost, group, gap)
    if worst is None:
        return None
    _, group, gap = worst
    return Label(
        en=f"{group.said}: {100 * group.rate:.1f}% go on, {_signed(100 * gap.value)} pt"
        " against the others"
        f" ({_signed(100 * gap.low)} to {_signed(100 * gap.high)}, n {group.n:,}).",
        ko=f"{group.said} 고객은 {100 * group.rate:.1f}%만 다음으로 가요. 나머지보다 "
        f"{abs(100 * gap.value):.1f}%p 낮아요"
        f"({100 * -gap.high:.1f}~{100 * -gap.low:.1f}, n {group.n:,}).",
    )


def difference(one: tuple[int, int], other: tuple[int, int]) -> Estimate | None:
    """Return the difference of two shares with its 95 % interval (successes, n each).

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent
    proportions, method 10. Statistics in Medicine 17, 873-890.

    Examples
    --------
    >>> gap = difference((56, 70), (48, 80))
    >>> round(gap.value, 4), round(gap.low, 4), round(gap.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    first, second = wilson(*one), wilson(*other)
    if isinstance(first, NotEstimable) or isinstance(second, NotEstimable):
        return None
    gap = first.value - second.value
    low = gap - math.hypot(first.value - first.low, second.high - second.value)
    high = gap + math.hypot(first.high - first.value, second.value - second.low)
    return Estimate(value=gap, low=low, high=high, n=one[1] + other[1])


def points(gap: Estimate, *, ko: bool = False) -> str:
    """Return a difference of shares in percentage points with its interval."""
    unit, to = ("%p", "~") if ko else (" pt", " to ")
    value, low, high = (_signed(100 * each) for each in (gap.value, gap.low, gap.high))
    return f"{value}{unit}, {low}{to}{high}"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.1f}"


def known_currency(columns: Chosen, currency: str) -> str:
    """Return the currency that amounts are in; empty where there are no amounts."""
    return "" if columns.money is None else currency or UNKNOWN_CURRENCY
