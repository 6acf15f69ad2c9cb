"""What a run says of live streams."""

from passerby.media import Medium
from passerby.runs.anonymize.live import live_note, live_statistics
from passerby.sinks.stream_sink import SendStatistics, StreamSink
from passerby.sources.live_reader import StreamStatistics
from passerby.sources.streams import LiveStream


class Received(LiveStream):
    statistics = StreamStatistics(frames_read=90, frames_late=7, reconnects=2)

    def __init__(self) -> None:
        pass


class Sent(StreamSink):
    statistics = SendStatistics(frames_sent=80, frames_dropped=3)

    def __init__(self) -> None:
        pass


class File:
    medium = Medium("street.mp4", "video", 4, 4)


def test_counters_of_both_ends_do_not_mix() -> None:
    counters = live_statistics(Received(), Sent())
    assert (counters["frames_read"], counters["frames_late"], counters["reconnects"]) == (90, 7, 2)
    assert (counters["sent_frames_sent"], counters["sent_frames_dropped"]) == (80, 3)


def test_only_the_live_end_counts() -> None:
    assert set(live_statistics(Received(), File())) == set(StreamStatistics.__slots__)
    assert live_statistics(File(), File()) == {}


def test_the_note_leaves_out_what_did_not_happen() -> None:
    assert live_note({"frames_late": 7, "reconnects": 0}) == ("7 frames too late")
    assert live_note({}) == ""


def test_every_counter_is_told_in_words() -> None:
    counters = live_statistics(Received(), Sent())
    assert live_note(dict.fromkeys(counters, 1)) == (
        "1 frame read, 1 frame too late, "
        "1 frame too damaged, reconnected 1 time, 1.0 s without a picture, "
        "1 frame sent, 1 frame not sent for lack of a connection, "
        "receiver reconnected 1 time"
    )
    assert live_note(counters | {"seconds_without_picture": 2.25}).startswith(
        "90 frames read, 7 frames too late, reconnected 2 times, 2.2 s "
    )
