"""How right a site is on corridors of people who do not exist, run as an operator runs it.

    passerby synth corridor --cameras 3 --seed 201 -o 3-201
    python benchmarks/site_corridors.py 3-201 3-202 --results results.jsonl

Each scene is run once, as `passerby run site.toml --tracks` does it, with the settings of a new
site file: heads black. What is stored is compared with the truth. Scenes that the file of results
has already are not run again.
"""

import argparse
import json
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from passerby.files.secret import write_secret
from passerby.site.demo import corridor_site, run_demo
from passerby.store.site_key import SiteKey
from stamp import stamp
from table import markdown


def measured(scene: Path) -> dict[str, float]:
    """Run the site of a scene; returns what `passerby demo site` writes as accuracy.json."""
    cameras = sorted(film.stem for film in scene.glob("camera-*.mp4"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        for camera in cameras:
            for part in (f"{camera}.mp4", camera):
                (folder / part).symlink_to(scene.resolve() / part)
        file = folder / "site.toml"
        file.write_text(corridor_site(cameras, (scene / "graph.toml").read_text()))
        write_secret(folder / "site.key", SiteKey.new().text + "\n")
        run_demo(file, print, lambda _: None)
        accuracy: dict[str, float] = json.loads((folder / "accuracy.json").read_text())
    return accuracy | {"cameras": len(cameras)}


def share(values: list[float]) -> str:
    """Mean, and what the values lie between, in percent."""
    return f"{100 * fmean(values):.1f} ({100 * min(values):.1f} - {100 * max(values):.1f})"


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenes", type=Path, nargs="+", help="of `passerby synth corridor`")
    parser.add_argument("--results", type=Path, required=True, help="a line of JSON for each scene")
    options = parser.parse_args()
    lines = options.results.read_text().splitlines() if options.results.exists() else []
    known = {one["scene"]: one for one in map(json.loads, lines)}
    for scene in options.scenes:
        if scene.name not in known:
            known[scene.name] = {"scene": scene.name} | measured(scene)
            with options.results.open("a") as file:
                file.write(json.dumps(known[scene.name]) + "\n")
    found = [known[scene.name] for scene in options.scenes]
    rows = []
    for number in sorted({one["cameras"] for one in found}):
        those = [one for one in found if one["cameras"] == number]
        right, shown = (sum(one[key] for one in those) for key in ("links_right", "links_shown"))
        rows.append(
            (
                f"{number} cameras, {len(those)} scenes",
                *(
                    share([one[key] for one in those])
                    for key in ("multi_camera_idf1", "single_camera_idf1")
                ),
                f"{right} of {shown}",
            )
        )
    print(stamp())
    print(markdown(("", "IDF1 over all cameras", "of each camera", "links that are right"), rows))


if __name__ == "__main__":
    main()
