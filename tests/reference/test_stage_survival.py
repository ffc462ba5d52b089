"""Sojourn curves against published and independently computed results.

The 6-MP arm of Freireich et al. (1963), Blood 21, 699-716, as printed in Collett, Modelling
Survival Data in Medical Research, table 2.2; telco churn by lifelines 0.30.3
(``ab_survival.json``).
"""

from __future__ import annotations

import csv
import gzip
import json

import numpy as np
import pytest

from sojourn.stages.survival import kaplan_meier
from stage_ages import of_ages

LEFT = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STAYING = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def spells(left, staying, late=()):
    ages = [np.array(each, np.int64) for each in (staying, left, late, ())]
    return of_ages(ages[:2], ages[2], ages[3])


def test_freireich_6mp() -> None:
    curve = kaplan_meier(spells(LEFT, STAYING))
    assert curve.ages_us.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.staying == pytest.approx(
        [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5
    )
    assert curve.median()[0] == 23
    # log(-log) limits at 10 weeks: Collett, 2.2.2
    low, high = curve.band(np.array([2]))
    assert (low[0], high[0]) == pytest.approx((0.5032, 0.8894), abs=5e-4)


def test_telco_churn_by_lifelines(shared) -> None:
    expected = json.loads((shared / "reference" / "ab_survival.json").read_text("utf-8"))
    path = shared / "data" / "telco_churn" / "wa_churn.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    left = [int(row["tenure"]) for row in rows if row["churn"] == "Yes"]
    staying = [int(row["tenure"]) for row in rows if row["churn"] == "No"]
    curve = kaplan_meier(spells(left, staying))
    telco = expected["telco_survival_lifelines"]
    assert (curve.n, len(left)) == (telco["n"], telco["events"])
    for month, share in telco["S"].items():
        assert curve.staying_at(float(month)) == pytest.approx(share, abs=1e-9)
    assert curve.median()[0] is None


def test_late_entries_are_at_risk_only_afterwards() -> None:
    """By hand: ages 5 (from 0), 8 (from 6), 9 still there (from 0); S = 2/3, then 1/2 of it."""
    curve = kaplan_meier(spells([5, 8], [9, 4], late=[6]))
    assert curve.at_risk.tolist() == [2, 2]
    assert curve.staying.tolist() == pytest.approx([0.5, 0.25])
