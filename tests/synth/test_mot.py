from configparser import ConfigParser

import numpy as np

from passerby.synth import mot
from passerby.synth.sighting import Shot, Sighting


def sighting(head_visibility=0.4):
    return Sighting(
        identity=12,
        box=(-3.5, 20.0, 40.25, 120.0),
        head_box=(5.0, 20.0, 15.0, 35.5),
        visible_box=(0, 22, 40, 120),
        shape=np.ones((98, 40), bool),
        visibility=0.75,
        head_visibility=head_visibility,
    )


def shot(*sightings):
    return Shot("camera-1", 4, np.zeros((200, 100, 3), np.uint8), sightings)


def test_lines_are_those_of_the_format():
    assert list(mot.persons(shot(sighting()))) == ["5,12,-3.50,20.00,43.75,100.00,1,1,0.750\n"]
    assert list(mot.heads(shot(sighting()))) == ["5,12,5.00,20.00,10.00,15.50,1,101,0.400\n"]


def test_a_head_out_of_sight_has_no_line():
    assert list(mot.heads(shot(sighting(head_visibility=0.0)))) == []


def test_sequence_info_can_be_read_as_an_ini_file():
    parser = ConfigParser()
    parser.read_string(mot.sequence_info("camera-1", 50, 12.5, (640, 360)))
    info = parser["Sequence"]
    assert (info["seqLength"], info["frameRate"]) == ("50", "12.5")
    assert (info["imWidth"], info["imHeight"], info["imDir"]) == ("640", "360", "img1")
