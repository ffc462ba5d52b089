"""Particles follow the last syllable."""

from __future__ import annotations

import pytest

from sojourn.base.particle import Particle, with_particle


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("결제", Particle.SUBJECT, "결제가"),
        ("주문", Particle.SUBJECT, "주문이"),
        ("홈", Particle.TOWARDS, "홈으로"),
        ("메일", Particle.TOWARDS, "메일로"),
        ("3", Particle.SUBJECT, "3이"),
        ("5", Particle.SUBJECT, "5가"),
        ("10", Particle.TOWARDS, "10으로"),
        ("1,000", Particle.SUBJECT, "1,000이"),
        ("email", Particle.SUBJECT, "email이"),
        ("cart", Particle.SUBJECT, "cart가"),
        ("방문(첫)", Particle.SUBJECT, "방문(첫)이"),
        ("0", Particle.SUBJECT, "0이"),
        ("", Particle.SUBJECT, "가"),
    ],
)
def test_forms(word: str, particle: Particle, expected: str) -> None:
    assert with_particle(word, particle) == expected


def test_quotation_marks_stand_before_the_particle() -> None:
    assert with_particle("결제 오류", Particle.TOWARDS, quoted=True) == "‘결제 오류’로"
