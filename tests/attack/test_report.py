import json
from dataclasses import replace

import pytest

from passerby.attack.attack import AttackFinding, Champions, Fitted, Strongest
from passerby.attack.collisions import Collisions
from passerby.attack.gate import ControlResult, Gate
from passerby.attack.panel import PanelResult
from passerby.attack.report import AttackReport, report_record
from passerby.attack.use import CropUse


def finding(name="colour-map", **changed):
    figures = {"chance": 0.1, "clear": 0.9, "success": 0.5, "low": 0.4, "high": 0.6}
    about = {"knowledge": "knows the filter", "measure": "rank-1", "population": 20}
    direction = {"direction": "anonymized to clear"}
    return AttackFinding(name=name, **(figures | about | direction | changed))


def result(*findings):
    nobody = Fitted(lambda images: images, lambda images: images)
    to_clear = Strongest("colour-map", nobody, "anonymized to clear")
    among = Strongest("patch-ridge", nobody, "anonymized to anonymized")
    return PanelResult(findings, Champions(to_clear, among, to_clear), {})


def linked(population, success, direction="anonymized to clear", **changed):
    return finding(
        "linkability",
        measure="linkability",
        population=population,
        chance=1 / population,
        success=success,
        direction=direction,
        **({"low": success - 0.1, "high": success + 0.1} | changed),
    )


def report(*, passed=True, floor=(), attacks=()):
    missed = finding(
        "missed-frames", measure="unprotected in one picture or more", direction=None, chance=0.0
    )
    few = finding(measure="explained variance, all", direction=None)
    control = ControlResult("black", "everything", finding(), passed, "" if passed else "it leaks")
    return AttackReport(
        anonymizer="The operator <blur>",
        people="People who do not exist",
        gate=Gate((control,)),
        attacks=result(finding(), few, missed, *attacks),
        floor=(finding(success=0.3), *floor),
        use=CropUse(0.5, 0.9, 0.75),
        settings={"seed": 0},
        hashes={"clear crops": "abc"},
    )


def test_the_record_has_the_keys_that_others_read():
    record = report_record(report(), {"passerby": "1"})
    assert record["gate"]["passed"] is True
    wanted = {"name", "knowledge", "chance", "clear", "success", "low", "high"}
    assert all(wanted <= set(one) for one in record["attacks"])
    assert record["attacks"][0]["leak"] == 0.5
    assert record["attacks"][0]["question"] == "rebuilding"
    assert record["strongest"]["linking"] == {
        "name": "patch-ridge",
        "direction": "anonymized to anonymized",
    }
    assert record["versions"] == {"passerby": "1"}
    (control,) = record["gate"]["controls"]
    assert (control["name"], control["attack"]) == ("black", "colour-map")


def test_a_gate_that_was_not_passed_is_in_the_record():
    record = report_record(report(passed=False), {})
    assert record["gate"]["passed"] is False
    assert record["gate"]["controls"][0]["reason"] == "it leaks"


def test_excess_is_beyond_the_best_attack_on_boxes_of_the_same_kind():
    floor = (linked(10, 0.2), linked(10, 0.25, "clear to anonymized"), linked(50, 0.9))
    floor += (linked(10, 0.8, "anonymized to anonymized"),)
    found = report(floor=floor)
    assert found.excess(linked(10, 0.6)) == pytest.approx(0.35)
    assert found.excess(linked(10, 0.6, "anonymized to anonymized")) == pytest.approx(-0.2)
    assert found.excess(linked(2, 0.6)) is None
    assert found.excess(finding(frames=64)) is None


def test_figures_are_rounded_and_json_has_no_nan():
    strange = finding(success=1 / 3, worst=float("nan"), low=-1e-12)
    record = report_record(replace(report(), attacks=result(strange)), {})
    (one,) = record["attacks"]
    assert (one["success"], one["worst"], str(one["low"])) == (0.333333, None, "0.0")
    json.dumps(record, allow_nan=False)


def test_networks_are_named_as_untried_unless_they_were_tried():
    def names_networks(one):
        return [line for line in one.untested if "networks" in line]

    (said,) = names_networks(report())
    assert said.startswith("networks that are trained anew")
    (said,) = names_networks(report(attacks=(finding("u-net-small"),)))
    assert said.startswith("larger networks")
    assert names_networks(report(attacks=(finding("parrot-osnet"),))) == []


def test_attributes_have_an_advantage_over_guessing_and_are_named_where_untried():
    told = finding("attributes", measure="attribute: sex", direction=None, chance=0.5, success=0.8)
    record = report_record(report(attacks=(told,)), {})
    advantages = {one["measure"]: one.get("advantage") for one in record["attacks"]}
    assert advantages["attribute: sex"] == pytest.approx(0.6)
    assert advantages["rank-1"] is None
    assert "attributes beside sex" in record["untested"]
    assert "attributes: sex, age, clothing, bags" in report_record(report(), {})["untested"]


def test_collisions_are_in_the_record_as_counts():
    found = replace(report(), collisions=Collisions(45, 30, 2, 1, (b"a",), (b"b",)))
    record = report_record(found, {})
    assert record["collisions"] == {"compared": 45, "seen": 30, "clear": 2, "same": 1}
    assert report_record(report(), {})["collisions"] is None


def test_the_strongest_attack_is_the_one_at_what_is_not_wanted():
    among = finding("patch-ridge", direction="anonymized to anonymized", success=0.8)
    both = result(finding(), among)
    linking = replace(both.champions, overall=both.champions.linking)
    found = replace(report(), attacks=replace(both, champions=linking))
    assert found.decisive.name == "patch-ridge"
    assert replace(found, purpose="linking").decisive.name == "colour-map"
    record = report_record(replace(found, purpose="linking"), {})
    assert record["purpose"] == "linking"
    assert [one["wanted"] for one in record["attacks"]] == [False, True]


def test_a_share_of_the_leak_is_counted_from_what_boxes_give_away():
    found = report()  # boxes .3, anonymized .5, clear .9, chance .1
    one = found.attacks.findings[0]
    assert found.share_of_leak(one, one.success) == pytest.approx(0.25)
    assert found.share_of_leak(one, 0.3) == pytest.approx(0)
