"""Which encoder is taken, and that each one works."""

from pathlib import Path

import pytest
from av.codec import Codec

from passerby.errors import OutputError
from passerby.sinks import Encoding
from passerby.sinks.codecs import codec_for
from passerby.sinks.formats import VIDEO_FORMATS

PAIRS = [
    (suffix, codec) for suffix, container in VIDEO_FORMATS.items() for codec in container.codecs
]


@pytest.mark.parametrize(("suffix", "codec"), PAIRS)
def test_every_codec_that_is_offered_exists(suffix: str, codec: str) -> None:
    chosen = codec_for(Path(f"a{suffix}"), VIDEO_FORMATS[suffix], Encoding(codec=codec))
    assert Codec(chosen.encoder, "w").type == "video"


def test_quality_and_preset_reach_the_encoder() -> None:
    encoding = Encoding(quality=31, encoder_preset="veryfast")
    options = codec_for(Path("a.mp4"), VIDEO_FORMATS[".mp4"], encoding).options
    assert (options["crf"], options["preset"]) == ("31", "veryfast")


def test_the_best_quality_is_not_taken_for_none() -> None:
    options = codec_for(Path("a.mp4"), VIDEO_FORMATS[".mp4"], Encoding(quality=0)).options
    assert options["crf"] == "0"


def test_a_codec_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OutputError, match=r"\.webm cannot hold h264: use codec vp9"):
        codec_for(Path("a.webm"), VIDEO_FORMATS[".webm"], Encoding(codec="h264"))
