"""One clock for pictures and sound, whatever the file's own clock does."""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.file_clock import COVER, SET_ANEW, FileClock, longest_gap

TICK = Fraction(1, 90_000)
HOURS = 36_000
VIDEO, SOUND = 0, 1
STEPS = {VIDEO: Fraction(1, 25), SOUND: Fraction(1, 40)}


@dataclass
class Stream:
    type: str
    disposition: int = 0


@dataclass
class Packet:
    pts: int | None
    stream_index: int = VIDEO
    dts: int | None = None
    duration: int | None = None
    time_base: Fraction = TICK
    is_keyframe: bool = True
    is_discard: bool = False
    stream: Stream = field(default_factory=lambda: Stream("video"))


def packet(seconds: float | Fraction, stream: int = VIDEO, **fields: object) -> Packet:
    ticks = round(seconds / TICK)
    length = round(STEPS[stream] / TICK)
    kind = Stream("video" if stream == VIDEO else "audio")
    defaults = {"dts": ticks, "duration": length, "stream": kind}
    return Packet(ticks, stream, **defaults | fields)


def mended(packets: list[Packet], gap: Fraction = Fraction(10)) -> dict[int, list[float]]:
    """The times of each stream on the one clock."""
    clock = FileClock(gap)
    times: dict[int, list[float]] = {}
    for one in packets:
        clock.mend(one)
        assert one.pts is not None
        times.setdefault(one.stream_index, []).append(float(one.pts * TICK))
    return times


def piece(start: float, seconds: float, sound: float | None = None) -> list[Packet]:
    """Pictures and sound of so many seconds, as they are interleaved in a file."""
    lengths = {VIDEO: seconds} if sound is None else {VIDEO: seconds, SOUND: sound}
    packets = [
        packet(Fraction(start) + index * STEPS[stream], stream)
        for stream, length in lengths.items()
        for index in range(round(length / STEPS[stream]))
    ]
    return sorted(packets, key=lambda one: one.pts or 0)


def steps(times: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(times)]


@pytest.mark.parametrize(
    "starts", [(0, 0), (1.4, 1.4, 1.4), (0, HOURS), (HOURS, 0, 1), (5, 4, 3), (0, 100, 50)]
)
def test_pieces_follow_each_other_without_a_gap(starts: tuple[float, ...]) -> None:
    times = mended([one for start in starts for one in piece(start, 2)])[VIDEO]
    assert times[0] == starts[0]
    assert steps(times) == pytest.approx([0.04] * (len(times) - 1), abs=1e-4)


def test_a_file_without_jumps_is_left_as_it_is() -> None:
    packets = piece(HOURS, 3, 3)
    before = [(one.pts, one.dts) for one in packets]
    clock = FileClock(Fraction(10))
    for one in packets:
        clock.mend(one)
    assert [(one.pts, one.dts) for one in packets] == before
    assert clock.jumps == 0


@pytest.mark.slow
@given(
    pieces=st.lists(
        st.tuples(
            st.sampled_from([0, 1.4, 1.48, HOURS]),
            st.sampled_from([1, 2, 5]),
            st.sampled_from([-0.2, 0, 0.1, 0.3]),
        ),
        min_size=2,
        max_size=6,
    ),
    tail=st.sampled_from([VIDEO, SOUND]),
    late=st.integers(0, 6),
)
def test_sound_stays_with_its_pictures_and_nothing_is_squeezed_or_stretched(
    pieces: list[tuple[float, float, float]], tail: int, late: int
) -> None:
    """However much longer the sound of a piece is, and however late its last packet comes."""
    packets: list[tuple[int, Packet]] = []
    for number, (start, length, more) in enumerate(pieces):
        packets = joined(packets, number, piece(start, length, length + more), tail, late)
    clock = FileClock(Fraction(10))
    moved: dict[tuple[int, int], list[float]] = {}
    end: dict[int, float] = {}
    for number, one in packets:
        before = one.pts or 0
        clock.mend(one)
        moved.setdefault((number, one.stream_index), []).append((one.pts or 0) - before)
        time = float((one.pts or 0) * TICK)
        assert 0 < time - end.get(one.stream_index, time - 0.01) < 0.9
        end[one.stream_index] = time
    assert abs(end[VIDEO] - end[SOUND]) < 0.4
    for number in range(len(pieces)):
        pictures, sound = moved[number, VIDEO], moved[number, SOUND]
        assert pictures[-1] == sound[-1]
        assert 0 <= (pictures[-1] - pictures[0]) * TICK < 0.4


def joined(
    packets: list[tuple[int, Packet]], number: int, new: list[Packet], tail: int, late: int
) -> list[tuple[int, Packet]]:
    """Add a piece, of which so many packets come before the last one of a stream of the others.

    In a transport stream a packet ends only where the next one of its stream begins.
    """
    old = [at for at, (_, one) in enumerate(packets) if one.stream_index == tail]
    first = [one for one in new if one.stream_index != tail][: late if old else 0]
    last = [packets.pop(old[-1])] if old else []
    rest = [one for one in new if one not in first]
    return [*packets, *((number, one) for one in first), *last, *((number, one) for one in rest)]


def test_pictures_that_are_decoded_before_they_are_shown_are_no_jump() -> None:
    order = [0, 4, 2, 1, 3, 8, 6, 5, 7]
    packets = [packet(5 + number / 25, is_keyframe=number == 0) for number in order]
    assert mended(packets)[VIDEO] == pytest.approx([5 + number / 25 for number in order])


@pytest.mark.parametrize("rate", [1, 0.2])
def test_nor_are_they_where_pictures_are_rare(rate: float) -> None:
    """They may lie seconds before those that they refer to; when they are decoded tells."""
    order = [0, 4, 2, 1, 3, 8, 6, 5, 7]
    packets = [
        packet(5 + number / rate, is_keyframe=number == 0, dts=round((at - 2) / rate / TICK))
        for at, number in enumerate(order)
    ]
    clock = FileClock(Fraction(3600))
    for one in packets:
        clock.mend(one)
    assert clock.jumps == 0


def test_the_end_of_a_piece_is_known_though_packets_do_not_say_how_long_they_are() -> None:
    order = [0, 3, 1, 2, 6, 4, 5]
    packets = [
        packet(number / 25, duration=0, is_keyframe=number == 0, dts=round((at - 2) * 3600))
        for _ in range(3)
        for at, number in enumerate(order)
    ]
    times = sorted(mended(packets)[VIDEO])
    assert steps(times) == pytest.approx([0.04] * 20, abs=1e-4)


def test_a_jump_back_within_a_group_of_pictures_is_one_of_more_than_a_second() -> None:
    packets = [packet(5 + number / 25, is_keyframe=number == 0) for number in range(30)]
    packets += [packet(2 + number / 25, is_keyframe=False) for number in range(10)]
    assert max(steps(mended(packets)[VIDEO])) == pytest.approx(0.04, abs=1e-4)


def test_a_few_wrong_times_change_nothing_for_what_follows() -> None:
    packets = piece(100, 4, 4)
    wrong = [one for one in packets if one.stream_index == VIDEO][40]
    wrong.pts = wrong.dts = 95 * 90_000
    times = mended(packets)
    assert times[SOUND][-1] == pytest.approx(104 - 1 / 40)
    assert times[VIDEO][-1] == pytest.approx(104 - 1 / 25)
    assert sorted(times[VIDEO])[40] == pytest.approx(101.6, abs=0.05)


@pytest.mark.parametrize("gap", [Fraction(10), Fraction(3600)])
def test_a_gap_up_to_the_longest_is_kept(gap: Fraction) -> None:
    assert max(steps(mended(piece(0, 1) + piece(float(gap), 1), gap)[VIDEO])) == pytest.approx(
        float(gap) - 0.96
    )
    times = mended(piece(0, 1) + piece(float(gap) + 1.1, 1), gap)[VIDEO]
    assert max(steps(times)) == pytest.approx(0.04, abs=1e-4)


def test_a_show_of_slides_with_sound_has_no_jumps() -> None:
    packets = piece(0, 0, 90) + [packet(seconds) for seconds in (0, 30, 60)]
    packets.sort(key=lambda one: one.pts or 0)
    assert mended(packets)[VIDEO] == [0, 30, 60]


def test_silence_for_longer_than_the_gap_is_no_jump_where_pictures_go_on() -> None:
    packets = [*piece(0, 40), *(packet(seconds, SOUND) for seconds in (0, 0.025, 30, 30.025))]
    packets.sort(key=lambda one: one.pts or 0)
    assert mended(packets)[SOUND] == pytest.approx([0, 0.025, 30, 30.025])


@pytest.mark.parametrize(("first", "second"), [(0, HOURS), (HOURS, 0)])
def test_streams_that_go_by_different_clocks_start_together(first: int, second: int) -> None:
    pictures = [packet(first + index / 25) for index in range(50)]
    sound = [packet(second + index / 40, SOUND) for index in range(80)]
    both = [one for pair in zip(pictures, sound, strict=False) for one in pair] + sound[50:]
    times = mended(both)
    assert times[SOUND][0] == pytest.approx(times[VIDEO][0], abs=0.1)
    assert max(steps(times[VIDEO]) + steps(times[SOUND])) < 0.1


def test_what_an_edit_list_hides_is_no_jump() -> None:
    packets = [packet(index / 25) for index in range(50)]
    packets += [packet(1 + index / 25, is_discard=True) for index in range(25)]
    packets += [packet(2 + index / 25) for index in range(50)]
    assert mended(packets)[VIDEO][-1] == pytest.approx(2 + 49 / 25)


def test_texts_and_covers_do_not_count() -> None:
    text, cover = Stream("subtitle"), Stream("video", COVER)
    packets = [Packet(time, 2, time, stream=text) for time in (900, 0, 10**9)]
    packets += [Packet(10**9, 3, 10**9, stream=cover), *piece(0, 1)]
    assert mended(packets)[VIDEO] == pytest.approx([index / 25 for index in range(25)])


def test_packets_without_times_stay_so() -> None:
    clock = FileClock(Fraction(10))
    for pts, dts in ((None, None), (None, 0), (0, None)):
        one = Packet(pts, dts=dts)
        clock.mend(one)
        assert (one.pts, one.dts) == (pts, dts)
    no_unit = Packet(5, time_base=Fraction(0))
    clock.mend(no_unit)
    assert no_unit.pts == 5


def test_two_readers_get_the_same() -> None:
    packets = [piece(1.4, 2, 2.1) + piece(HOURS, 1, 0.8) + piece(0, 2, 2) for _ in range(2)]
    assert mended(packets[0]) == mended(packets[1])


def test_the_longest_gap_depends_on_the_container() -> None:
    assert longest_gap(0) == 3600
    assert longest_gap(SET_ANEW | 8) == 10
