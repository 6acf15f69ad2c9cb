from dataclasses import replace

import numpy as np

from passerby.attack.sightings import three_sightings


def test_each_person_is_seen_three_times_by_three_cameras(crowd):
    three = three_sightings(crowd)
    assert three.ids.tolist() == list(range(1, 21))
    places = np.stack(three[:3])
    assert (crowd.ids[places] == three.ids).all()
    assert all(len(set(one)) == 3 for one in crowd.cameras[places].T)


def test_two_cameras_are_enough_and_one_is_not(crowd):
    cameras = np.minimum(crowd.cameras, 2)
    three = three_sightings(replace(crowd, cameras=cameras))
    assert (cameras[three.known] != cameras[three.calibration]).all()
    assert (three.calibration != three.test).all()
    assert len(three_sightings(crowd.take(crowd.cameras == 1)).ids) == 0
