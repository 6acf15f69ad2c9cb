import hashlib
from pathlib import Path

from passerby.datasets import read_dataset
from passerby.runs.datasets.image_audit import AuditedImage, copies, sizes, survey, unreadable

QUERY = "query/0007_c1s1_000001_00.jpg"


def test_every_image_of_the_index_is_opened(market: Path) -> None:
    calls: list[tuple[int, int]] = []
    pictures = survey(read_dataset(market), progress=lambda *call: calls.append(call))
    assert [picture.path for picture in pictures] == sorted(
        path.relative_to(market).as_posix() for path in market.rglob("*.jpg")
    )
    assert {(picture.width, picture.height) for picture in pictures} == {(16, 32)}
    content = (market / QUERY).read_bytes()
    (query,) = (picture for picture in pictures if picture.path == QUERY)
    assert query.sha256 == hashlib.sha256(content).hexdigest()
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_image_that_cannot_be_read_is_one_line(market: Path) -> None:
    dataset = read_dataset(market)
    (market / QUERY).write_bytes((market / QUERY).read_bytes()[:300])
    (market / "bounding_box_train" / "0002_c1s1_000451_03.jpg").write_bytes(b"")
    (problem,) = unreadable(survey(dataset))
    assert problem.startswith("2 images cannot be read: ")
    assert "is empty (0 bytes)" in problem
    assert unreadable([AuditedImage("a")]) == []


def test_the_same_bytes_are_found_under_two_names() -> None:
    pictures = [AuditedImage(path, sha256=path[0]) for path in ("a1", "b1", "a2", "c1", "a3")]
    assert copies(
        [*pictures, AuditedImage("x1", error="gone"), AuditedImage("x2", error="gone")]
    ) == [("a1", "a2", "a3")]


def test_sizes_are_of_what_could_be_read() -> None:
    pictures = [AuditedImage("a", 4, 10), AuditedImage("b", 8, 10), AuditedImage("c", error="gone")]
    assert sizes(pictures) == {
        "width": {"least": 4, "median": 6.0, "most": 8},
        "height": {"least": 10, "median": 10.0, "most": 10},
    }
    assert sizes(pictures[2:]) == {}
