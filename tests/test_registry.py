"""The table of names that everything joins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError
from passerby.registry import Registry


@pytest.fixture
def shapes() -> Registry[int]:
    registry: Registry[int] = Registry("shape")
    registry.add("square", 4)
    registry.add("triangle", 3)
    return registry


def test_add_gives_back_the_entry(shapes: Registry[int]) -> None:
    assert shapes.add("pentagon", 5) == 5
    assert shapes["pentagon"] == 5


def test_register_leaves_the_function_as_it_was() -> None:
    operators: Registry[object] = Registry("operator")

    def blank() -> str:
        return "blank"

    assert operators.register("blank")(blank) is blank
    assert operators["blank"] is blank


def test_a_name_is_taken_only_once(shapes: Registry[int]) -> None:
    with pytest.raises(ConfigError, match="shape 'square' is registered twice"):
        shapes.add("square", 5)
    with pytest.raises(ConfigError, match="registered twice"):
        shapes.register("square")(4)
    assert shapes["square"] == 4


@pytest.mark.parametrize("name", ["sphere", "", "Square", "square ", "42"])
def test_an_unknown_name_is_refused_with_the_known_ones(shapes: Registry[int], name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _ = shapes[name]
    assert str(caught.value) == f"unknown shape {name!r}: choose one of square, triangle"
    assert caught.value.__suppress_context__


def test_membership_never_raises(shapes: Registry[int]) -> None:
    assert "square" in shapes
    assert "circle" not in shapes
    assert None not in shapes
    assert 4 not in shapes


def test_two_registries_share_nothing(shapes: Registry[int]) -> None:
    other: Registry[int] = Registry("shape")
    assert len(other) == 0
    assert list(other) == []
    assert len(shapes) == 2


@given(st.lists(st.tuples(st.text(), st.integers()), unique_by=lambda item: item[0]))
def test_behaves_as_a_dict_filled_in_the_same_order(items: list[tuple[str, int]]) -> None:
    registry: Registry[int] = Registry("thing")
    for name, entry in items:
        registry.add(name, entry)
    assert list(registry.items()) == list(dict(items).items())
    assert len(registry) == len(items)
    assert registry == dict(items)
