import pytest

from passerby.config import validated
from passerby.errors import ConfigError
from passerby.matching.camera_graph import CameraGraph
from passerby.synth.corridor import Corridor

TEXT = """
cameras = ["hall", "stairs", "roof"]
return_seconds = [1, 30]

[[neighbours]]
cameras = ["hall", "stairs"]
travel_seconds = [-2, 20]

[[neighbours]]
cameras = ["roof", "stairs"]
travel_seconds = [5.5, 9]
"""


@pytest.fixture
def graph(tmp_path):
    (tmp_path / "graph.toml").write_text(TEXT)
    return CameraGraph.read(tmp_path / "graph.toml")


def test_neighbours_are_neighbours_in_both_directions(graph):
    assert graph.travel("hall", "stairs") == graph.travel("stairs", "hall") == (-2, 20)
    assert graph.travel("stairs", "roof") == (5.5, 9)
    assert graph.travel("hall", "roof") is None


def test_people_come_back(graph):
    assert graph.travel("roof", "roof") == (1, 30)
    assert graph.travel("garden", "garden") is None


def test_a_corridor_writes_a_graph(tmp_path):
    corridor = Corridor.random(1, 3, 2, (160, 90))
    (tmp_path / "graph.toml").write_text(corridor.graph())
    graph = CameraGraph.read(tmp_path / "graph.toml")
    assert graph.cameras == ("camera-1", "camera-2", "camera-3")
    assert graph.travel("camera-1", "camera-2") == pytest.approx(corridor.travel[0])
    assert graph.return_seconds == pytest.approx(corridor.returns)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("-2, 20", "20, 20"), "least"),
        (("-2, 20", "20"), "travel_seconds"),
        (("-2, 20", "nan, 20"), "travel_seconds"),
        (("1, 30", "-1, 30"), "before they left"),
        (('"hall", "stairs"]\nt', '"hall", "hall"]\nt'), "no neighbour of itself"),
        (('"roof", "stairs"]\nt', '"stairs", "hall"]\nt'), "twice"),
        (('"roof", "stairs"]\nt', '"attic", "stairs"]\nt'), "attic"),
        (('cameras = ["hall", "stairs", "roof"]', 'cameras = ["hall", "stairs", "hall"]'), "twice"),
        (('cameras = ["hall", "stairs", "roof"]', "cameras = []"), "cameras"),
        (("travel_seconds = [5.5, 9]", "travel_second = [5.5, 9]"), "travel_second"),
        (("return_seconds", "returns"), "returns"),
        (("cameras =", "cameras"), "TOML"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(change, complaint, tmp_path):
    assert change[0] in TEXT
    (tmp_path / "graph.toml").write_text(TEXT.replace(change[0], change[1], 1))
    with pytest.raises(ConfigError, match=complaint) as error:
        CameraGraph.read(tmp_path / "graph.toml")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nothing\.toml does not exist"):
        CameraGraph.read(tmp_path / "nothing.toml")


def test_it_stands_in_another_model():
    """As a site's file will have it."""
    assert validated(CameraGraph, {"cameras": ["a"]}, "site").neighbours == ()


def test_cameras_in_order_are_each_a_neighbour_of_the_next():
    graph = CameraGraph.in_order(["a", "b", "c"], (-2, 9))
    assert graph.travel("a", "b") == graph.travel("c", "b") == (-2, 9)
    assert graph.travel("a", "c") is None
    assert CameraGraph.in_order(["a"], (1, 2)).neighbours == ()
    with pytest.raises(ConfigError, match="listed twice"):
        CameraGraph.in_order(["a", "a"], (1, 2))
    with pytest.raises(ConfigError, match="comes first"):
        CameraGraph.in_order(["a", "b"], (2, 1))
