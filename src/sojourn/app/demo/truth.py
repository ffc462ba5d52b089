"""What is true in the simulated meal-kit shop: every rate a test must find again in its events."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way people arrive.

    Attributes
    ----------
    name : str
        Channel of the GA4 default grouping.
    share : float
        Share of arrivals that no friend invited.
    source, medium, campaign : str
        The UTM values on the first visit; all empty for direct visits.
    referrer : str
        Host the visit came from; empty for none.
    to_consideration : float
        Probability that a newcomer of this channel goes on to consider plans.
    """

    name: str
    share: float
    source: str
    medium: str
    campaign: str
    referrer: str
    to_consideration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A kind of household; ``lift`` multiplies the chance to build a first box."""

    name: str
    share: float
    lift: float


CHANNELS = (
    Channel(name="Paid Social", share=0.34, source="instagram", medium="paid_social",
            campaign="weeknight", referrer="instagram.com", to_consideration=0.30),
    Channel(name="Organic Search", share=0.24, source="", medium="",
            campaign="", referrer="search.naver.com", to_consideration=0.46),
    Channel(name="Paid Search", share=0.14, source="naver", medium="cpc",
            campaign="mealkit", referrer="search.naver.com", to_consideration=0.42),
    Channel(name="Organic Social", share=0.12, source="", medium="",
            campaign="", referrer="instagram.com", to_consideration=0.34),
    Channel(name="Email", share=0.05, source="newsletter", medium="email",
            campaign="autumn", referrer="", to_consideration=0.52),
    Channel(name="Direct", share=0.11, source="", medium="",
            campaign="", referrer="", to_consideration=0.38),
)  # fmt: skip

PERSONAS = (
    Persona(name="weeknight parents", share=0.32, lift=1.30),
    Persona(name="busy couples", share=0.38, lift=1.00),
    Persona(name="students", share=0.30, lift=0.62),
)

DEVICES = (("mobile", 0.66), ("desktop", 0.28), ("tablet", 0.06))


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The parameters of the simulation.

    Attributes
    ----------
    people : int
        Arrivals that no friend invited.
    days : int
        Length of the simulated period.
    education_lift : float
        Among those who sign up, half at random see lessons before a discount
        (``first_offer = education``), the others the discount first. Education first multiplies
        the chance to build a box by ``1 + education_lift``.
    slow_share : float
        Share of mobile checkouts that load slowly, whoever makes them.
    slow_factor : float
        A slow checkout multiplies the chance to pay by this.
    sharers : float
        p: share of loyal people who invite friends.
    invites : int
        i: invitations of one sharer.
    friend_joins : float
        c: chance that an invited friend arrives.
    """

    people: int = 24_000
    days: int = 182
    box_chance: float = 0.42
    education_lift: float = 0.35
    pay_chance: float = 0.74
    slow_share: float = 0.30
    slow_factor: float = 0.55
    cook_chance: float = 0.96
    renew_chance: float = 0.78
    skip_chance: float = 0.18
    review_chance: float = 0.22
    sharers: float = 0.16
    invites: int = 3
    friend_joins: float = 0.24
    friend_to_consideration: float = 0.66
    awareness_days: float = 2.0
    """Mean of the exponential time from arrival to considering plans."""
    consideration_days: float = 4.0
    """Mean of the exponential time from considering to building a box."""
    checkout_hours: float = 3.0
    """Mean of the exponential time from building a box to paying."""
    box_price_won: int = 38_900
    channels: tuple[Channel, ...] = field(default=CHANNELS)
    personas: tuple[Persona, ...] = field(default=PERSONAS)
