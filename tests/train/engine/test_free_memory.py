"""What is free, as the files of a system say it."""

import pytest

from passerby.train.engine.free_memory import free_memory

GIB = 2**30
MEMINFO = """MemTotal:       33554432 kB
MemFree:         1048576 kB
MemAvailable:   25165824 kB
HugePages_Total:       0
"""
"""32 GiB, of which 1 is free and 24 can be had."""


@pytest.fixture
def write(tmp_path):
    def write(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="ascii")

    write("proc/meminfo", MEMINFO)
    return write


def test_files_in_memory_make_room(write, tmp_path):
    assert free_memory(tmp_path) == 24 * GIB


def test_where_a_system_does_not_say_it_is_a_quarter(monkeypatch, tmp_path):
    pages = {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr("os.sysconf", pages.__getitem__)
    assert free_memory(tmp_path) == 1000 * 4096 // 4


def test_the_second_version_of_control_groups(write, tmp_path):
    write("proc/self/cgroup", "0::/")
    write("sys/fs/cgroup/memory.max", "max")
    write("sys/fs/cgroup/memory.current", 7 * GIB)
    assert free_memory(tmp_path) == 24 * GIB
    write("sys/fs/cgroup/memory.max", 8 * GIB)
    assert free_memory(tmp_path) == 1 * GIB
    write("sys/fs/cgroup/memory.stat", f"anon {2 * GIB}\nfile {5 * GIB}\ninactive_file {4 * GIB}")
    assert free_memory(tmp_path) == 5 * GIB
    write("sys/fs/cgroup/memory.max", 2 * GIB)
    assert free_memory(tmp_path) == 0


def test_the_first_version_of_control_groups(write, tmp_path):
    write("proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/\n0::/")
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 9223372036854771712)
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", 7 * GIB)
    assert free_memory(tmp_path) == 24 * GIB
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 8 * GIB)
    write("sys/fs/cgroup/memory/memory.stat", f"inactive_file 1\ntotal_inactive_file {3 * GIB}")
    assert free_memory(tmp_path) == 4 * GIB


@pytest.mark.parametrize("inner", [3, 10])
def test_the_narrowest_of_groups_within_groups_counts(write, tmp_path, inner):
    write("proc/self/cgroup", "0::/job/step")
    for group, limit in (("job", 6), ("job/step", inner)):
        write(f"sys/fs/cgroup/{group}/memory.max", limit * GIB)
        write(f"sys/fs/cgroup/{group}/memory.current", GIB)
    assert free_memory(tmp_path) == min(6, inner) * GIB - GIB


def test_a_group_that_a_container_cannot_see_is_no_limit(write, tmp_path):
    write("proc/self/cgroup", "0::/docker/0123")
    write("sys/fs/cgroup/memory.max", 2 * GIB)
    write("sys/fs/cgroup/memory.current", GIB)
    assert free_memory(tmp_path) == GIB


def test_this_machine_has_some():
    assert 0 <= free_memory() < 2**50
