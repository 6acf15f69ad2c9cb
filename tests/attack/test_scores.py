import json
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from passerby.attack.panel import attack_case
from passerby.attack.run import AttackPlan, run_attack, write_attack
from passerby.attack.scores import attack_scores, score_columns, write_scores

FEW = ("colour-map", "naive-recognition", "linkability")


@pytest.fixture
def scores(case_for):
    case = case_for(lambda picture: 255 - picture)
    found = attack_case(case, FEW)
    return found, attack_scores(case.test, found.panel, found.champions)


def test_each_query_of_each_attacker_has_a_row(scores, tmp_path: Path):
    found, kept = scores
    write_scores(tmp_path / "scores.parquet", kept)
    table = parquet.read_table(tmp_path / "scores.parquet").to_pylist()
    assert len(table) == len(found.panel) * 3 * len(kept.ids)
    for one in found.findings:
        if one.measure == "rank-1":
            own = [row for row in table if row["attack"] == one.name]
            right = [row["right"] for row in own if row["direction"] == one.direction]
            assert np.mean(right) == pytest.approx(one.success)


def test_distances_of_the_strongest_give_the_same_ranks(scores):
    found, kept = scores
    columns = score_columns(kept)
    best = found.champions.overall
    for number, far in enumerate(columns["distances"]):
        strongest = (columns["attack"][number], columns["direction"][number]) == best.key
        if not strongest:
            continue
        query = columns["crop"][number]
        same = kept.ids == kept.ids[query]
        others = ~(same & (kept.cameras == kept.cameras[query]))
        nearest = far[others].min()
        ties = others & (far == nearest)
        assert columns["right"][number] == pytest.approx(same[ties].mean(), abs=1e-6)


def test_a_query_without_a_match_has_no_score(scores):
    _, kept = scores
    nobody = kept.recognitions["colour-map", "anonymized to clear"]
    nobody.right[0] = np.nan
    row = score_columns(kept)
    place = next(
        number
        for number, name in enumerate(row["attack"])
        if name == "colour-map" and row["direction"][number] == "anonymized to clear"
    )
    assert row["right"][place] is None


def test_all_files_are_written_and_the_same_seed_gives_the_same_json(
    crowd, colours, only, tmp_path: Path
):
    only(attacks=FEW, controls=("inversion", "black"))
    plan = AttackPlan(
        title="one",
        source="synthetic",
        people=crowd,
        anonymize=lambda people, _number: 255 - people.images,
    )
    texts = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        assert write_attack(run_attack(plan, colours), tmp_path / name) == ()
        texts.append((tmp_path / name / "report.json").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["format"] == 1
    written = {path.name for path in (tmp_path / "first").iterdir()}
    assert written == {"report.json", "report.html", "report.pdf", "scores.parquet", "plots.png"}
    assert (tmp_path / "first" / "plots.png").read_bytes().startswith(b"\x89PNG")


def test_what_needs_a_library_that_is_missing_is_left_out_with_a_word(
    crowd, colours, only, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    only(attacks=FEW, controls=("inversion", "black"))
    for name in ("reportlab.platypus", "pyarrow"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    plan = AttackPlan(
        title="one", source="synthetic", people=crowd, anonymize=lambda people, _: people.images
    )
    left_out = write_attack(run_attack(plan, colours), tmp_path)
    assert [one.partition(" ")[0] for one in left_out] == ["report.pdf", "scores.parquet"]
    assert all("passerby[evaluate]" in one for one in left_out)
    assert (tmp_path / "report.html").is_file()
