"""Particles follow the last syllable."""

from __future__ import annotations

import pytest

from sojourn.base.particle import Particle, with_particle


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("결제", Particle.OBJECT, "결제를"),
        ("주문", Particle.SUBJECT, "주문이"),
        ("홈", Particle.TOWARDS, "홈으로"),
        ("메일", Particle.TOWARDS, "메일로"),
        ("장바구니", Particle.TOPIC, "장바구니는"),
        ("3", Particle.OBJECT, "3을"),
        ("5", Particle.OBJECT, "5를"),
        ("10", Particle.TOWARDS, "10으로"),
        ("1,000", Particle.SUBJECT, "1,000이"),
        ("email", Particle.SUBJECT, "email이"),
        ("cart", Particle.WITH, "cart와"),
        ("방문(첫)", Particle.OBJECT, "방문(첫)을"),
        ("0", Particle.SUBJECT, "0이"),
        ("", Particle.SUBJECT, "가"),
    ],
)
def test_forms(word: str, particle: Particle, expected: str) -> None:
    assert with_particle(word, particle) == expected


def test_quotation_marks_stand_before_the_particle() -> None:
    assert with_particle("결제 오류", Particle.TOWARDS, quoted=True) == "‘결제 오류’로"
