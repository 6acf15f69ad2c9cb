"""Operations for programs: whatever is sent, the answer is one that OpenAPI announces."""

from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from tests.serve.conftest import Served

from passerby.serve import encrypted_matching, operations

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

OPERATIONS = sorted(
    (method, route.path)
    for router in (operations.router, encrypted_matching.router)
    for route in router.routes
    for method in route.methods  # type: ignore[attr-defined]
    if route.include_in_schema  # type: ignore[attr-defined]
)


@pytest.fixture(scope="module")
def schema(served: Served) -> Any:
    described = httpx.get(f"{served.address}/api/v1/openapi.json").json()
    return schemathesis.openapi.from_dict(described)


def test_every_operation_is_described(schema: Any) -> None:
    described = {
        (method.upper(), path)
        for path, operations in schema.raw_schema["paths"].items()
        for method in operations
    }
    assert described == set(OPERATIONS)


@pytest.mark.parametrize("mode", [*GenerationMode])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_answers_as_it_says(
    served: Served, schema: Any, method: str, path: str, mode: GenerationMode
) -> None:
    """With what its description allows, and with what it does not."""
    headers = {"authorization": f"Bearer {served.token('ada')}"}

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_it(case: Any) -> None:
        answer = case.call(base_url=served.address, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code != 401

    with suppress(Unsatisfiable):  # an operation that takes nothing takes nothing wrong
        try_it()
    assert httpx.request(method, served.address + path.replace("{number}", "1")).status_code == 401
