"""What a pick goes by, where the committee's members read payloads in other ways than the champion."""

from dataclasses import replace

import numpy as np
import pytest

from learning import plans, registry, retraining
from learning.asking.grounds import Grounds
from learning.dataset import Labelled
from learning.encoders.features import FeatureEncoder
from tests.learning import worlds

pytestmark = pytest.mark.django_db


def test_a_member_of_the_committee_that_cannot_read_an_item_says_what_the_champion_says():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 60)
    worlds.label(items)
    retraining.retrain(item_type, trigger="test")
    model = registry.load(item_type.model_versions.get())
    longer = replace(model, encoder=FeatureEncoder(np.zeros(5, np.float32), np.ones(5, np.float32)))
    grounds = Grounds(plans.of(item_type), [model, longer], Labelled(), "", embed=model.embed)
    found, kept = grounds.arrays([item.payload for item in items])
    assert kept == list(range(60))
    np.testing.assert_array_equal(found.members[0], found.members[1])
