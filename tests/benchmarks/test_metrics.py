"""The metrics on cases small enough to work out by hand."""

from __future__ import annotations

import math

import pytest

from .metrics import (
    Predicted,
    Stretch,
    average_precision,
    boundary_errors,
    common,
    false_bound,
    length,
    quantile,
    recall_at_zero_false,
    segment_ap,
    union,
    vcsl,
    wilson,
)
from .truth import Part, Placement, Span, Step

WHOLE = Stretch(0, 10, 20, 30)


def test_union_joins_what_touches_and_drops_what_is_empty():
    assert union([(5, 6), (0, 2), (1, 3), (4, 4), (3, 3.5)]) == [(0, 3.5), (5, 6)]
    assert length([(0, 2), (1, 3)]) == 3
    assert common([(0, 2), (4, 6)], [(1, 5)]) == 2


def test_average_precision_of_a_perfect_ranking_is_one():
    assert average_precision([(0.9, True), (0.8, True), (0.1, False)], 2) == 1.0


def test_average_precision_counts_what_was_never_answered():
    assert average_precision([(0.9, True)], 4) == 0.25
    assert math.isnan(average_precision([(0.9, False)], 0))


def test_average_precision_false_first_then_true():
    # rank 2: precision 1/2, all of the recall
    assert average_precision([(0.9, False), (0.8, True)], 1) == 0.5


def test_equal_scores_enter_together_whatever_their_order():
    one = average_precision([(0.5, True), (0.5, False)], 1)
    other = average_precision([(0.5, False), (0.5, True)], 1)
    assert one == other == 0.5


def test_recall_at_zero_false_needs_to_be_strictly_above():
    assert recall_at_zero_false([0.9, 0.5, 0.4], [0.5, 0.1], 4) == 0.25
    assert recall_at_zero_false([0.9, 0.5], [], 2) == 1.0
    assert math.isnan(recall_at_zero_false([], [], 0))


def test_wilson_knows_the_textbook_cases():
    low, high = wilson(10, 10)
    assert low == pytest.approx(0.7225, abs=1e-3)
    assert high == pytest.approx(1.0)
    low, high = wilson(5, 10)
    assert (low, high) == (pytest.approx(0.2366, abs=1e-3), pytest.approx(0.7634, abs=1e-3))
    assert wilson(0, 0) == (0.0, 1.0)


def test_rule_of_three():
    assert false_bound(0, 3000) == pytest.approx(0.001)
    assert false_bound(0, 0) == 1.0
    assert false_bound(3, 3000) > 0.001


def test_segment_ap_of_the_exact_answer_is_one():
    truth = {"p": [WHOLE], "r": [Stretch(0, 4, 0, 4)]}
    answer = [Predicted("p", WHOLE, 0.9), Predicted("r", Stretch(0, 4, 0, 4), 0.8)]
    assert segment_ap(answer, truth) == pytest.approx(1.0)


def test_segment_ap_half_found_is_half():
    assert segment_ap([Predicted("p", Stretch(0, 5, 20, 25), 0.9)], {"p": [WHOLE]}) == 0.5


def test_segment_ap_too_wide_halves_the_precision():
    # twice the true length on both axes: precision sqrt(1/2 * 1/2), recall 1
    assert segment_ap([Predicted("p", Stretch(0, 20, 20, 40), 0.9)], {"p": [WHOLE]}) == 0.5


def test_segment_ap_right_seconds_of_the_query_but_elsewhere_in_the_reference_is_nothing():
    assert segment_ap([Predicted("p", Stretch(0, 10, 50, 60), 0.9)], {"p": [WHOLE]}) == 0.0


def test_segment_ap_a_false_pair_costs_only_when_ranked_above():
    truth = {"p": [WHOLE]}
    false = Stretch(0, 10, 0, 10)
    below = segment_ap([Predicted("p", WHOLE, 0.9), Predicted("x", false, 0.1)], truth)
    above = segment_ap([Predicted("p", WHOLE, 0.1), Predicted("x", false, 0.9)], truth)
    assert below == pytest.approx(1.0)
    assert above == pytest.approx(0.5)


def test_segment_ap_counts_overlapping_answers_once():
    twice = [Predicted("p", WHOLE, 0.9), Predicted("p", Stretch(0, 10, 20, 30), 0.8)]
    assert segment_ap(twice, {"p": [WHOLE]}) == pytest.approx(1.0)


def test_vcsl_exact_and_missed():
    shares = vcsl({"p": [WHOLE]}, {"p": [WHOLE], "r": [WHOLE]})
    assert shares.precision == 1.0
    assert shares.recall == 0.5
    assert shares.f == pytest.approx(2 / 3)


def test_vcsl_multiplies_the_two_axes():
    # half of the query's seconds and half of the reference's: recall 1/4
    shares = vcsl({"p": [Stretch(0, 5, 20, 25)]}, {"p": [WHOLE]})
    assert shares == (1.0, 0.25, pytest.approx(0.4))


def test_vcsl_two_halves_make_a_whole_and_a_false_pair_has_no_precision():
    halves = [Stretch(0, 5, 20, 25), Stretch(5, 10, 25, 30)]
    assert vcsl({"p": halves}, {"p": [WHOLE]}).f == pytest.approx(1.0)
    assert vcsl({"p": halves, "x": [WHOLE]}, {"p": [WHOLE]}).precision == 0.5
    assert vcsl({}, {"p": [WHOLE]}) == (0.0, 0.0, 0.0)


def test_boundary_errors_of_all_four_ends():
    found = boundary_errors([Stretch(0.5, 9, 20.5, 29)], [WHOLE])
    assert found == [0.5, 1, 0.5, 1]
    assert boundary_errors([Stretch(0, 10, 50, 60)], [WHOLE]) == []
    halves = [Stretch(0, 4, 20, 24), Stretch(6, 10, 26, 30)]
    assert boundary_errors(halves, [WHOLE]) == [0, 0, 0, 0]


def test_quantile():
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([0, 10], 0.95) == pytest.approx(9.5)
    assert math.isnan(quantile([], 0.5))


def test_truth_follows_a_trim_and_a_speed_change():
    part = Part("w", (Span(0, 10, 100, 110),))
    trimmed = part.then(Step((Span(0, 6, 2, 8),)))
    assert trimmed is not None
    faster = trimmed.then(Step((Span(0, 3, 0, 6),)))
    assert faster is not None
    assert faster.spans == (Span(0, 3, 102, 108),)
    assert faster.spans[0].speed == 2.0


def test_truth_follows_a_mirrored_crop_into_a_letterbox():
    cropped = Placement(kept=(0.0, 0.0, 0.5, 1.0))
    mirrored = cropped.then(Placement(mirrored=True))
    assert mirrored.kept == (0.0, 0.0, 0.5, 1.0)
    again = mirrored.then(Placement(kept=(0.0, 0.0, 0.5, 1.0)))
    assert again.kept == (0.25, 0.0, 0.5, 1.0)
    boxed = again.then(Placement(placed=(0.0, 0.25, 1.0, 0.75)))
    assert boxed.placed == (0.0, 0.25, 1.0, 0.75)
    assert boxed.mirrored
