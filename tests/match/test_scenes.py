"""One place from one camera: what is said of the moments, and what kept it from being a match."""

from __future__ import annotations

import pytest

from tracer.match.examine import Examination, Place, Subject
from tracer.match.lines import Line
from tracer.match.registration import Registration
from tracer.match.scenes import place_of, scene
from tracer.match.stretches import Stretch
from tracer.model import IDENTITY, WHOLE
from tracer.settings import DEFAULT

MINE = DEFAULT.match
NOBODY = Subject(None, lambda: None)  # features alone tell these places: no film is looked at


def seen(energy=0.05, **of_stretch):
    """A look at two pictures of one place; without numbers no line was found."""
    shown = Registration(IDENTITY, 90, 4, 40, 0.3, WHOLE, 1.0, 1.0)
    told = {"appearance": 0.9, "motion": 0.7, "moments": 5, "disputed": 0.1, "distinct": 3}
    line = Stretch(Line(1.0, 0.0), 0.0, 4.0, energy=energy, **(told | of_stretch))
    stretches = (line,) if of_stretch else ()
    places = (Place(shown, 0.9),)
    return Examination(shown, IDENTITY, WHOLE, 1.0, stretches, 0.9, energy, places)


@pytest.mark.parametrize(
    ("found", "others", "why"),
    [
        (seen(energy=0.001), False, "too little moves to tell"),
        (seen(), True, "at no speed and offset do the two move alike"),
        (seen(motion=0.3), True, "what moves does not agree"),
        (seen(distinct=1), False, "which is not enough: 1 of the 3 distinct moments"),
        (seen(appearance=0.6), False, "which is not enough: the pictures correlate at 0.60"),
        (seen(motion=0.5), True, "what moves agrees at no more than 0.50 over 4.0 s"),
    ],
)
def test_a_scene_says_what_kept_it_from_being_a_match(found, others, why):
    shown = place_of(NOBODY, NOBODY, [], found, MINE)
    told = scene("b", shown, found, MINE)
    assert why in told.detail
    assert told.other_moments is others
    assert ("other moments" in told.detail) is others
