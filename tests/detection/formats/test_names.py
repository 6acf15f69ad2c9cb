"""Which name of a file an input bears."""

from hypothesis import given
from hypothesis import strategies as st

from passerby.detection.formats.names import NameIndex, plain, repeated

LISTED = {"a/x.png", "x.png", "y.png", "b/z.png", "stem", "c/stem.png"}

names = st.text(st.sampled_from("ab./\\"), max_size=12)


def test_a_path_comes_before_an_end_and_an_end_before_a_stem() -> None:
    found = NameIndex(LISTED)
    assert found.find("a/x.png") == "a/x.png"
    assert found.find("x.png") == "x.png"
    assert found.find("q/x.png") is None  # two of the file end so
    assert found.find("q/y.png") == "y.png"
    assert found.find("z.png") is None  # the file knows it by its folder
    assert found.find("q/stem.jpg") == "stem"


@given(names)
def test_plain_names_are_plain(name: str) -> None:
    assert plain(plain(name)) == plain(name)
    assert "\\" not in plain(name)


def test_what_comes_twice() -> None:
    assert repeated([1, 2, 1, 3, 3]) == {1, 3}
