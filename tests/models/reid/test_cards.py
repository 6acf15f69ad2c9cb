from passerby.models.reid import REID_MODELS


def test_a_small_configuration_changes_what_it_names_and_keeps_the_rest() -> None:
    card = REID_MODELS["pcb-shared"]
    assert card.configuration("paper") == ((256, 128), {"shared": True})
    assert card.configuration("quick") == ((128, 64), {"shared": True, "backbone": "resnet18"})


def test_changing_a_configuration_does_not_change_the_card() -> None:
    card = REID_MODELS["osnet-x0.25"]
    card.configuration("paper")[1]["width"] = 9
    assert card.configuration("paper")[1] == {"width": 0.25}
