"""Snippets are told as they come; whose they are in the end, when nothing can go on."""

from tests.pipeline.test_camera_tracks import SIZE, MeanColour, result

from passerby.pipeline import camera_news
from passerby.pipeline.camera_news import CameraNews


def news_of(where, seconds):
    """What is told at each of five looks a second, with the time of the look; then the end."""
    news = CameraNews(MeanColour(), 0.2, SIZE)
    told = [
        (look / 5, news.add(result(look * 2, where(look / 5)), look / 5))
        for look in range(int(seconds * 5))
    ]
    return told, news.flush(), news


def test_a_snippet_is_told_when_no_better_one_came_for_a_while():
    told, last, _ = news_of(lambda time: {1: int(30 + 10 * time), 2: 240}, 6)
    ages = [
        time - one.snippet.time
        for time, news in told
        for part in news.parts
        for one in part.snippets
    ]
    assert len(ages) == 12
    assert max(ages) < 0.61  # three looks later
    assert [len(one.snippets) for one in last.ended] == [0, 0]
    parts = {part.part for _, news in told for part in news.parts}
    assert sorted(number for one in last.ended for number in one.parts) == sorted(parts)


def test_who_was_hidden_is_told_as_two_and_joined_at_the_end():
    told, last, _ = news_of(lambda time: {} if 3 <= time < 5 else {1: 140}, 9)
    began = {part.part: part.began for _, news in told for part in news.parts}
    assert list(began.values()) == [0.0, 5.0]
    (whole,) = last.ended
    assert whole.parts == tuple(began)
    assert whole.path.times[[0, -1]].tolist() == [0.0, 8.8]


def test_nothing_is_told_of_who_flickers():
    told, last, _ = news_of(lambda time: {1: 140} if time % 9 < 0.3 else {}, 30)
    assert not any(news.parts or news.ended for _, news in told)
    assert last.ended == ()


def test_what_waits_is_bounded(monkeypatch):
    monkeypatch.setattr(camera_news, "_MOST_WAITING", 3)
    _, _, news = news_of(lambda time: {1: 140} if time % 3 < 0.3 else {}, 60)
    assert len(news._described) <= 3
    assert len(news._told) <= 1
    _, _, news = news_of(lambda time: {1: 30, 2: 240}, 60)
    assert not news._described  # who sits for hours takes no more memory
