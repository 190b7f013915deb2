"""Options that the tests of `maest annotate` have in common, and the command line that they make."""

import argparse
import json
import os
import sys
from pathlib import Path

DEFAULT_PROGRAM = Path(__file__).resolve().parents[2] / ".build/release/maest"


class Parser(argparse.ArgumentParser):
    """Keeps what follows `--`, in `more`, for `maest annotate`."""

    def parse_args(self):
        words = sys.argv[1:]
        place = words.index("--") if "--" in words else len(words)
        return super().parse_args(words[:place], argparse.Namespace(more=words[place + 1:]))


def parser(description):
    """For a library of make_library.py."""
    made = Parser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter,
                  epilog="What follows -- goes to maest annotate.")
    made.add_argument("library", type=Path, help="folder that make_library.py made")
    made.add_argument("--maest", type=Path, default=DEFAULT_PROGRAM, metavar="PATH",
                      help="default: this repository's release build")
    made.add_argument("--model", type=Path, help="weight file (default: what maest takes by itself)")
    return made


class Library:
    """The audio and what its manifest says."""

    def __init__(self, folder):
        self.music = folder.resolve() / "music"
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.tracks = {track["path"]: track for track in manifest["tracks"]}

    @property
    def hours(self):
        return sum(track["seconds"] for track in self.tracks.values() if track["status"] != "failed") / 3600

    @property
    def failing_count(self):
        return sum(track["status"] == "failed" for track in self.tracks.values())

    def path_in_manifest(self, path):
        """A record's path without the library's folder."""
        return os.path.relpath(path, self.music) if path.startswith("/") else path

    def __str__(self):
        return (f"{self.music}  {len(self.tracks)} tracks, {self.failing_count} of them to fail, "
                f"{self.hours:.1f} hours without these")


def command(arguments, library, out, progress="none"):
    model = ["--model", arguments.model.resolve()] if arguments.model else []
    return [arguments.maest.resolve(), "annotate", library.music, "--out", out, "--progress", progress, *model,
            *arguments.more]
