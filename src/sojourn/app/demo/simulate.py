"""People living through the simulated shop, one after another, from one seed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.app.demo.truth import DEVICES, Truth
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, from_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator

START_US = from_datetime(datetime(2025, 6, 1, 15, tzinfo=UTC))  # midnight of 2 June in Seoul
Row: TypeAlias = "dict[str, str | int | float]"


@dataclass(slots=True, kw_only=True)
class Life:
    """What truly became of one person: the ledger that measured figures are held against."""

    anonymous_id: str
    channel: str
    persona: str
    device: str
    arrived_us: int
    invited_by: str = ""
    considered_us: int | None = None
    first_offer: str = ""
    built_us: int | None = None
    slow: bool = False
    paid_us: int | None = None
    shared: bool = False
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guest:
    arrives_us: int
    invited_by: str = ""


def simulate(truth: Truth, seed: int) -> Iterator[Life]:
    """Return everybody's life, in order of creation; rows after the period's end are cut.

    Parameters
    ----------
    truth : Truth
    seed : int
        The same seed gives the same lives, on every machine.
    """
    rng = np.random.default_rng(seed)
    end_us = START_US + truth.days * DAY_US
    arrivals = np.sort(rng.random(truth.people)) * truth.days * DAY_US
    queue = deque(_Guest(arrives_us=START_US + int(at)) for at in arrivals)
    number = 0
    while queue:
        guest = queue.popleft()
        life = _Person(truth, rng, guest, number, end_us).live()
        number += 1
        for row in life.rows:
            if row["event"] == "friend_invited" and rng.random() < truth.friend_joins:
                delay = int(rng.exponential(2 * DAY_US))
                arrives = int(row["time_us"]) + delay
                if arrives < end_us:
                    queue.append(_Guest(arrives_us=arrives, invited_by=life.anonymous_id))
        yield life


class _Person:
    """One person on the way through the shop; each method is one stage."""

    def __init__(
        self, truth: Truth, rng: np.random.Generator, guest: _Guest, number: int, end_us: int
    ) -> None:
        self.truth, self.rng, self.end_us = truth, rng, end_us
        self.now = guest.arrives_us
        persona = truth.personas[self._pick([p.share for p in truth.personas])]
        self.persona = persona
        self.channel = (
            None
            if guest.invited_by
            else truth.channels[self._pick([c.share for c in truth.channels])]
        )
        self.user_id = ""
        self.life = Life(
            anonymous_id=f"a{number:06d}",
            channel=self.channel.name if self.channel else "Referral",
            persona=persona.name,
            device=DEVICES[self._pick([share for _, share in DEVICES])][0],
            arrived_us=guest.arrives_us,
            invited_by=guest.invited_by,
        )

    def _pick(self, shares: list[float]) -> int:
        return int(
            np.searchsorted(np.cumsum(shares), self.rng.random() * sum(shares), side="right")
        )

    def _chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def _wait(self, mean_us: float) -> None:
        self.now += max(1_000_000, int(self.rng.exponential(mean_us)))

    def _do(self, event: str, **properties: str | float) -> None:
        if self.now >= self.end_us:
            return
        row: Row = {
            "anonymous_id": self.life.anonymous_id,
            "user_id": self.user_id,
            "time_us": self.now,
            "event": event,
            "device": self.life.device,
            "household": self.persona.name,
        }
        row.update(properties)
        self.life.rows.append(row)

    def live(self) -> Life:
        """Return the life, from the first sight of the shop to the last."""
        self._discover()
        if self._considers() and self._builds() and self._pays():
            self._stays()
        return self.life

    def _discover(self) -> None:
        if self.channel is None:
            self._do("landing_viewed", referrer="kakao.com", utm_source="friend",
                     utm_medium="referral", utm_campaign="invite",
                     invited_by=self.life.invited_by)  # fmt: skip
        else:
            visit = {
                "referrer": self.channel.referrer,
                "utm_source": self.channel.source,
                "utm_medium": self.channel.medium,
                "utm_campaign": self.channel.campaign,
            }
            self._do("landing_viewed", **{key: text for key, text in visit.items() if text})
        for event, chance in (("story_read", 0.38), ("reel_watched", 0.27)):
            if self._chance(chance):
                self._wait(4 * MINUTE_US)
                self._do(event)

    def _considers(self) -> bool:
        chance = (
            self.channel.to_consideration if self.channel else self.truth.friend_to_consideration
        )
        if not self._chance(chance):
            return False
        self._wait(self.truth.awareness_days * DAY_US)
        self._do("recipes_browsed")
        self.life.considered_us = self.now
        for event, again in (
            ("recipes_browsed", 0.55),
            ("plan_compared", 0.80),
            ("price_viewed", 0.5),
        ):
            if self._chance(again):
                self._wait(9 * MINUTE_US)
                self._do(event)
        self._wait(20 * MINUTE_US)
        self.user_id = f"u{self.life.anonymous_id[1:]}"
        self._do("signed_up")
        self.life.first_offer = "education" if self._chance(0.5) else "discount"
        first, second = (
            ("lesson_viewed", "discount_offered")
            if self.life.first_offer == "education"
            else ("discount_offered", "lesson_viewed")
        )
        for event in (first, second):
            self._wait(6 * HOUR_US)
            self._do(event, first_offer=self.life.first_offer)
        return True

    def _builds(self) -> bool:
        chance = self.truth.box_chance * self.persona.lift
        if self.life.first_offer == "education":
            chance *= 1 + self.truth.education_lift
        if not self._chance(min(chance, 1.0)):
            return False
        self._wait(self.truth.consideration_days * DAY_US)
        self._do("box_built")
        self.life.built_us = self.now
        return True

    def _pays(self) -> bool:
        self._wait(4 * MINUTE_US)
        mobile = self.life.device == "mobile"
        self.life.slow = mobile and self._chance(self.truth.slow_share)
        load_ms = (
            self.rng.integers(4_200, 9_000) if self.life.slow else self.rng.integers(700, 2_400)
        )
        self._do("checkout_started", load_ms=int(load_ms))
        chance = self.truth.pay_chance * (self.truth.slow_factor if self.life.slow else 1.0)
        if not self._chance(chance):
            if self._chance(0.6):
                self._wait(3 * MINUTE_US)
                self._do("card_failed")
            return False
        if self._chance(0.12):
            self._wait(2 * MINUTE_US)
            self._do("card_failed")
        self._wait(self.truth.checkout_hours * HOUR_US)
        self._do("order_paid", value=self.truth.box_price_won, currency="KRW")
        self.life.paid_us = self.now
        return True

    def _stays(self) -> None:
        self.now += 2 * DAY_US
        self._do("box_delivered")
        if self._chance(self.truth.cook_chance):
            self._wait(30 * HOUR_US)
            self._do("box_cooked")
        self._advocates()
        while self.now < self.end_us:
            self.now += 7 * DAY_US + int(self.rng.normal(0, 4 * HOUR_US))
            if self._chance(self.truth.skip_chance):
                self._do("week_skipped")
            elif self._chance(self.truth.renew_chance):
                self._do("order_renewed", value=self.truth.box_price_won, currency="KRW")
            else:
                self._do("subscription_cancelled")
                return

    def _advocates(self) -> None:
        if self._chance(self.truth.review_chance):
            self._wait(30 * HOUR_US)
            self._do("review_written", stars=int(self.rng.choice([3, 4, 5], p=[0.15, 0.35, 0.5])))
        self.life.shared = self._chance(self.truth.sharers)
        if self.life.shared:
            for _ in range(self.truth.invites):
                self._wait(5 * HOUR_US)
                self._do("friend_invited")
