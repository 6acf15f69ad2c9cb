import numpy as np

from passerby.attack.attacks.ambiguity import people_as_close

IDS = np.repeat(np.arange(4), 2)


def test_everybody_is_as_close_where_outputs_are_all_the_same():
    assert people_as_close(np.ones((8, 3), np.float32), IDS).tolist() == [4] * 8


def test_who_is_far_from_all_others_stands_alone():
    rows = np.array([[0], [1], [0.5], [1.5], [90], [91], [200], [201]], np.float32)
    assert people_as_close(rows, IDS).tolist() == [2, 2, 2, 2, 1, 1, 1, 1]


def test_it_is_what_a_slow_count_gives():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 2)).astype(np.float32)
    ids = rng.integers(0, 8, 30)
    apart = np.linalg.norm(rows[:, None].astype(float) - rows, axis=2)
    own = sorted(apart[a, b] for a in range(30) for b in range(30) if a != b and ids[a] == ids[b])
    radius = own[int(np.ceil(0.95 * (len(own) - 1)))] + 1e-6
    slow = [len({ids[b] for b in range(30) if apart[a, b] <= radius or a == b}) for a in range(30)]
    assert people_as_close(rows, ids).tolist() == slow


def test_without_two_rows_of_one_person_nobody_is_close_to_anybody():
    assert people_as_close(np.ones((3, 2), np.float32), np.arange(3)).tolist() == [1, 1, 1]
