"""Small covered pictures of tracks, cut out of the copy as it was made: no raw pixel is read."""

from threading import Lock, Thread

from passerby.anonymization.cutout import cut_out
from passerby.errors import PasserbyError
from passerby.geometry import XywhBox, from_xywh, grow, to_pixels
from passerby.runs.edit.frame_jpeg import frame_jpeg
from passerby.runs.edit.session import EditedCopy
from passerby.runs.review.queue import FinishedItem, read_report
from passerby.runs.vouchers import finished_frames, run_vouchers

__all__ = ["TrackThumbnails"]

_MARGIN = 0.25
"""What is shown around a box on each side, as a share of it."""
_MOST = 500
"""Tracks that have a picture."""


class TrackThumbnails:
    """Cuts tracks out of a copy where they were seen best, while others go on.

    Args:
        copy: The copy; of one that is gone, or is not what its report vouches for, there are none.
    """

    def __init__(self, copy: EditedCopy) -> None:
        self._copy = copy
        self._lock = Lock()
        self._thread: Thread | None = None
        self._pictures: dict[int, bytes] = {}

    def ready(self) -> tuple[list[int], bool]:
        """The tracks that have a picture so far, and whether these are all; begins if need be."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._cut, daemon=True)
                self._thread.start()
            is_done = not self._thread.is_alive()
            return sorted(self._pictures), is_done

    def jpeg(self, track: int) -> bytes | None:
        """The picture of a track, if it has one."""
        return self._pictures.get(track)

    def _cut(self) -> None:
        run = read_report(self._copy.report)
        item = run.items[self._copy.item]
        wanted: dict[int, dict[int, XywhBox]] = {}
        known: set[int] = set()
        people_first = sorted(item.tracks, key=lambda one: one.kind != "person")
        for one in people_first[:_MOST]:
            if one.track >= 0 and one.best is not None and one.track not in known:
                known.add(one.track)
                wanted.setdefault(one.best.frame, {})[one.track] = one.best.box
        if not wanted:
            return
        try:
            for frame in finished_frames(item, run_vouchers(self._copy.report, run), wanted.keys()):
                for track, box in wanted[frame.index + item.first_frame].items():
                    place = _place(item, box)
                    if place is not None:
                        self._pictures[track] = frame_jpeg(cut_out(frame, place))
        except PasserbyError:
            return  # the list of tracks can do without pictures


def _place(item: FinishedItem, box: XywhBox) -> tuple[int, int, int, int] | None:
    wide = grow(from_xywh([box]).astype("float32"), _MARGIN, _MARGIN)[0]
    return to_pixels(wide, item.input.width, item.input.height)
