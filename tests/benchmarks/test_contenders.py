import json

import pytest

from contenders import CONTENDERS
from passerby.sinks.encoding import Encoding


@pytest.mark.parametrize("key", CONTENDERS)
def test_every_command_names_the_clip_and_its_copy(key: str) -> None:
    command = CONTENDERS[key].command("clip.avi", "copy.mp4")
    assert command.index("clip.avi") < command.index("copy.mp4")


def test_all_encode_as_passerby_does_by_default() -> None:
    floor, slow, deface = (
        CONTENDERS[key].command("clip.avi", "copy.mp4")
        for key in ("floor", "frame-by-frame", "deface")
    )
    preset = Encoding().encoder_preset
    assert (floor[4], json.loads(floor[5])) == ("libx264", {"crf": "20", "preset": preset})
    assert slow == [*floor, "--frame-by-frame"]
    encoding = json.loads(deface[deface.index("--ffmpeg-config") + 1])
    assert encoding["codec"] == "libx264"
    assert encoding["output_params"] == ["-crf", "20", "-preset", preset]
