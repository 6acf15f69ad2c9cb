"""The errors: one family, spelled out, each with a reason to exist."""

import inspect

import pytest

from passerby import errors

OURS = [getattr(errors, name) for name in errors.__all__]


def test_all_names_every_error_of_the_module() -> None:
    defined = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    assert set(errors.__all__) == defined


@pytest.mark.parametrize("error", OURS)
def test_catching_the_base_catches_all(error: type[Exception]) -> None:
    with pytest.raises(errors.PasserbyError, match="what, which, remedy"):
        raise error("what, which, remedy")


@pytest.mark.parametrize("error", OURS)
def test_says_what_it_is_for(error: type[Exception]) -> None:
    assert error.__doc__ is not None
    assert error.__doc__ != Exception.__doc__


def test_no_error_is_a_kind_of_another_but_of_the_base() -> None:
    kinds = [error for error in OURS if error is not errors.PasserbyError]
    assert all(kind.__bases__ == (errors.PasserbyError,) for kind in kinds)


@pytest.mark.parametrize("builtin", [ValueError, OSError, KeyError, RuntimeError])
def test_none_is_caught_by_accident(builtin: type[Exception]) -> None:
    assert not any(issubclass(error, builtin) for error in OURS)
