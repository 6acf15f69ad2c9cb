"""No command tells a password, token or key of an address, whatever else is wrong with it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from passerby.cli.app import main
from passerby.runtime.addresses import public_address, without_secrets

SECRET = "Zq7Xw4KvT9Rb2Lm"
"""A password, and a key too: long and mixed as no word is."""

SCHEMES = ["rtsp", "rtsps", "RTSP", "http", "HTTPS", "rtmp", "srt", "udp", "ftp", "foo+bar"]
MARKS = ["://", ":/", ":", "//", ":\\\\", ":///", ";//"]
HOSTS = ["127.0.0.1:1", "[::1]:1", "[fe80::1%eth0]:554", "camera.example.org", "localhost:1"]
LOGINS = [
    "admin:{}@",
    "{}@",
    "{}:x@",
    "admin:{}%40x@",
    "admin:p@{}@",
    "admin:a/{}@",
    "admin%3A{}%40",
    "admin:{}?@",
    "admin:{}#@",
    "ad min:{}@",
    ":{}@",
]
PATHS = [
    "/{}",
    "/main/{}?enableSrtp",
    "/live?token={}",
    "/live?a=b&pwd={}#x",
    "/user=admin&password={}&channel=1",
    "/user=admin_password={}_channel=1_stream=0.sdp",
    "/hls/{}/index.m3u8",
    "/eyJhbGciOiJIUzI1NiJ9.{}.sig",
    "/live;jsessionid={}",
    "/token/{}",
    "/live/admin:{}/ch1",
    "/main#{}",
    "/a%2F{}",
]
LATER = ["", "/main", "/Streaming/Channels/101"]


def addresses(schemes: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Addresses with the secret somewhere, also such as nobody should write."""
    marks, hosts = st.sampled_from(MARKS), st.sampled_from(HOSTS)
    login = st.builds(
        lambda *parts: "".join(parts),
        *(schemes, marks, st.sampled_from(LOGINS), hosts, st.sampled_from(LATER)),
    )
    # Of a scheme that nobody knows, with a slip in it, only what has a password is an address.
    login = login.filter(lambda one: "foo+bar" not in one or "foo+bar://" in one)
    # In an address with a slip that names no scheme, a path is a path.
    path = st.builds(
        lambda scheme, mark, host, path: f"{scheme}{mark}{host}{path}",
        *(st.sampled_from(SCHEMES[:-1]), marks, hosts, st.sampled_from(PATHS)),
    )
    bare = st.builds(lambda *parts: "".join(parts), st.sampled_from(["admin:{}@", ":{}@"]), hosts)
    return st.one_of(login, path, bare).map(lambda text: text.replace("{}", SECRET))


ADDRESSES = addresses(st.sampled_from(SCHEMES))


@settings(max_examples=400)
@given(ADDRESSES)
def test_a_secret_is_shown_neither_alone_nor_in_a_text(address: str) -> None:
    assert SECRET not in public_address(address)
    if " " not in address:
        for text in (address, f"cannot open {address!r}: gone", f"(--output={address}), see"):
            assert SECRET not in without_secrets(text), text


COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "anonymize": lambda one: ["anonymize", one],
    "anonymize to a folder": lambda one: ["anonymize", one, "-o", "out/"],
    "anonymize to a video": lambda one: ["anonymize", one, "-o", "o.mp4", "--report", "r.json"],
    "anonymize with all": lambda one: ["anonymize", one, "a.png", "-o", "o", "--report", "r.json"],
    "anonymize as JSON": lambda one: ["anonymize", one, "-o", "o.mp4", "--json"],
    "anonymize quietly": lambda one: ["anonymize", one, "-o", "o.mp4", "--quiet"],
    "anonymize two into it": lambda one: ["anonymize", "a.png", "b.png", "-o", one],
    "anonymize one into it": lambda one: ["anonymize", "a.png", "-o", one, "--report", "r.json"],
    "its report": lambda one: ["anonymize", "a.png", "-o", "o.png", "--report", one],
    "its report below": lambda one: [
        "anonymize",
        "a.png",
        "-o",
        "o.png",
        "--report",
        f"{one}.json",
    ],
    "its boxes": lambda one: ["anonymize", "a.png", "-o", "o.png", "--save-detections", one],
    "boxes from it": lambda one: ["anonymize", "a.png", "-o", "o.png", "--detections", one],
    "its configuration": lambda one: ["anonymize", "a.png", "-o", "o.png", "--config", one],
    "its network": lambda one: ["anonymize", "a.png", "-o", "o.png", "--model", one],
    "a number": lambda one: ["anonymize", "a.png", "--every", one],
    "a word": lambda one: ["anonymize", "a.png", "--regions", one],
    "an option": lambda one: ["anonymize", "a.png", f"--{one}"],
    "an option with a value": lambda one: ["anonymize", "a.png", f"--nosuch={one}"],
    "a command": lambda one: [one],
    "too many": lambda one: ["models", "list", one],
    "detect": lambda one: ["detect", one, "-o", "b.json"],
    "detect into it": lambda one: ["detect", "a.png", "-o", one],
    "review": lambda one: ["review", one],
    "report": lambda one: ["report", one],
    "describe": lambda one: ["describe", one, "-o", "s.npz"],
    "describe with it": lambda one: ["describe", "a.png", "-o", "s.npz", "--model", one],
    "datasets check": lambda one: ["datasets", "check", one],
    "datasets twin": lambda one: ["datasets", "anonymize", one, "-o", "twin", "--regions", "top"],
    "datasets split": lambda one: ["datasets", "split", one, "-o", "s.json"],
    "evaluate coverage": lambda one: ["evaluate", "coverage", one, one, one],
    "evaluate reid": lambda one: ["evaluate", "reid", "--query", one, "--gallery", one],
    "evaluate data": lambda one: ["evaluate", "reid", "--data", one, "--model", one],
    "evaluate obfuscation": lambda one: ["evaluate", "obfuscation", one, one],
    "evaluate by it": lambda one: ["evaluate", "obfuscation", "a.mp4", "b.mp4", "--judge", one],
    "evaluate tracking": lambda one: ["evaluate", "tracking", one, one],
    "models path": lambda one: ["models", "path", one],
    "models pull": lambda one: ["models", "pull", one],
    "models export": lambda one: ["models", "export", one, "-o", "m.onnx"],
    "reproduce": lambda one: ["reproduce", one],
    "reproduce with data": lambda one: ["reproduce", "van-rooijen-table2", "--data", one],
    "train": lambda one: ["train", "reid", "--data", one, "-o", "t"],
}
"""Every place in which somebody could put an address, right or wrong."""

LIVE = ["--retries", "0", "--connect-timeout", "0.3", "--read-timeout", "0.3", "--duration", "1"]
EXAMPLES = [
    f"rtsp://admin:{SECRET}@127.0.0.1:1/main",
    f"rtsps://127.0.0.1:1/{SECRET}?enableSrtp",
    f"rtsp://ad min:{SECRET} x@[::1]:1/main",
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png"):
        Image.new("RGB", (16, 16)).save(name)
    return tmp_path


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """All that was said and written, names of files included."""
    printed = capsys.readouterr()
    files = list(folder.rglob("*"))
    texts = [path.read_bytes().decode("latin-1") for path in files if path.is_file()]
    return "\n".join([printed.out, printed.err, *map(str, files), *texts])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("address", EXAMPLES)
def test_no_command_tells_a_secret(
    command: str, address: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = COMMANDS[command](address)
    live = words[0] == "anonymize" and not {"--every", "--config"} & set(words)
    main([*words, *(LIVE if live else [])])
    assert SECRET not in told(desk, capsys)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(address=ADDRESSES, command=st.sampled_from(sorted(COMMANDS)), traceback=st.booleans())
def test_no_command_tells_any_secret(
    address: str,
    command: str,
    traceback: bool,
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = COMMANDS[command](address)
    live = words[0] == "anonymize" and not {"--every", "--config"} & set(words)
    if traceback:
        monkeypatch.setenv("PASSERBY_TRACEBACK", "1")
    else:
        monkeypatch.delenv("PASSERBY_TRACEBACK", raising=False)
    main([*words, *(LIVE if live else [])])
    assert SECRET not in told(desk, capsys), words


def test_no_configuration_tells_a_secret(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = EXAMPLES[0]
    for number, text in enumerate(
        [
            f'[find]\nevery = "{address}"\n',
            f'[find]\nmodel = "{address}"\n',
            f'["{address}"]\n',
            f'[find]\n"{address}" = 3\n',
            f'[find]\nmodel = "{address}\n',
            f'[find]\n"{address}" = 1\n"{address}" = 2\n',
            f"{address}\n",
        ]
    ):
        path = Path(f"{number}.toml")
        path.write_text(text, encoding="utf-8")
        main(["anonymize", "a.png", "-o", "o.png", "--overwrite", "--config", str(path)])
        path.unlink()
    assert SECRET not in told(desk, capsys)


def test_reports_and_logs_of_streams_tell_no_secret(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = EXAMPLES[1]
    words = ["anonymize", address, "a.png", "-o", "out", "--report", "r.json", *LIVE]
    main([*words, "--regions", "top"])
    main(["anonymize", address, "-o", "o.mp4", "--report", "r.json", "--json", *LIVE])
    written = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert written["items"][0]["input"]["name"] == "rtsps://127.0.0.1:1/...?..."
    assert SECRET not in told(desk, capsys)


def test_no_other_process_bears_a_secret_in_its_words(desk: Path) -> None:
    """Whoever types an address shows it; whom we start does not."""
    address = f"udp://127.0.0.1:9/{SECRET}"
    script = f"""
import os, pathlib, sys, threading
from passerby.cli.app import main
seen = []
def look():
    me = os.getpid()
    while not done.is_set():
        for task in pathlib.Path(f"/proc/{{me}}/task").iterdir():
            try:
                children = (task / "children").read_text().split()
                seen.extend(pathlib.Path(f"/proc/{{c}}/cmdline").read_text() for c in children)
                seen.extend(pathlib.Path(f"/proc/{{c}}/environ").read_text() for c in children)
            except OSError:
                pass
done = threading.Event()
watcher = threading.Thread(target=look)
watcher.start()
main(["anonymize", "clip.mkv", "-o", {address!r}, "--regions", "top"])
done.set()
watcher.join()
print(len(seen), {SECRET!r} in "".join(seen))
"""
    if not Path("/proc/self/task").exists():
        pytest.skip("needs /proc")
    made = (
        "import av, numpy as np\n"
        "with av.open('clip.mkv', 'w') as c:\n"
        "    s = c.add_stream('ffv1', rate=25); s.width, s.height, s.pix_fmt = 64, 48, 'bgr0'\n"
        "    for _ in range(30):\n"
        "        f = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format='bgr24')\n"
        "        c.mux(s.encode(f))\n"
        "    c.mux(s.encode())\n"
    )
    subprocess.run([sys.executable, "-c", made], check=True, timeout=60)
    # Not on the command line: a child has its parent's until it runs a program of its own.
    Path("script.py").write_text(script, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "script.py"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=dict(os.environ),
    )
    count, found = ran.stdout.split()
    assert int(count) > 0, ran.stderr
    assert found == "False"
