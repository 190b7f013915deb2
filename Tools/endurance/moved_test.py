#!/usr/bin/env python3
"""Moves and retags tracks of a recorded library: `maest annotate` must keep their numbers and compute no patch.

    moved_test.py /tmp/library
    moved_test.py /tmp/small --share 0.5 --maest ~/bin/maest -- --layer 7 --pooling mean3 --jobs 4

Works on hard links of the library's files, in a new folder beside it that is removed in the end. After a first run a
share of the done and partial tracks get other names, and a share of those whose format is known here get another tag.
The second run must recognise all of them, and give them the numbers of the first.

Linux, Python 3.10. Exit status 1 where something is wrong, 2 for usage.
"""

import json
import os
import random
import struct
import sys
import tempfile
from pathlib import Path

from annotate_command import Library, command, parser
from annotate_run import AnnotateRun

# What the sound alone decides.
NUMBERS = ("tags", "embeddings", "curve", "heads", "patches", "patch_count", "settings", "duration", "status")


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--share", type=float, default=0.1, help="of the tracks, moved and retagged each (default: 0.1)")
    options.add_argument("--seed", type=int, default=1, help="default: 1")
    arguments = options.parse_args()
    if not 0 < arguments.share <= 0.5:
        options.error("--share must be above 0 and at most 0.5")
    return arguments


def retag_flac(contents):
    """A block of padding behind the first block."""
    return contents[:42] + b"\1\0\0\x40" + bytes(64) + contents[42:] if not contents[4] & 0x80 else contents


def retag_wav(contents):
    chunk = b"LIST" + struct.pack("<I", 12) + b"INFOINAM" + bytes(4)
    return contents[:4] + struct.pack("<I", len(contents) + len(chunk) - 8) + contents[8:] + chunk


def retag_mp3(contents):
    """Another tag of the second kind before the sound: an empty one."""
    return b"ID3\3\0\0" + bytes(4) + contents


# By kind: only files whose sound another tag leaves as it is, bit for bit.
RETAGS = {"flac16": retag_flac, "flac24": retag_flac, "wav16": retag_wav, "wav24": retag_wav, "mp3-cbr": retag_mp3,
          "mp3-vbr": retag_mp3}


class Copy:
    """The library in hard links."""

    def __init__(self, library, folder):
        self.folder, self.music = folder, folder / "music"
        self.tracks = [dict(track, sound=track["path"]) for track in library.tracks.values()]
        for track in self.tracks:
            place = self.music / track["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            original = library.music / track["path"]
            if original.exists():
                os.link(original, place)
        self.save()

    def save(self):
        """A manifest of its own."""
        (self.folder / "manifest.json").write_text(json.dumps({"tracks": self.tracks}), encoding="utf-8")

    def change(self, share, seed):
        """Moves and retags tracks. Returns the paths that they have now, and those that they had."""
        chance = random.Random(f"moved {seed}")
        good = [track for track in self.tracks if track["status"] != "failed"]
        moved = chance.sample(good, max(1, round(share * len(good))))
        rest = [track for track in good if track["kind"] in RETAGS and track not in moved]
        retagged = chance.sample(rest, min(len(rest), max(1, round(share * len(good)))))
        earlier = {}
        for number, track in enumerate(moved):
            path = f"moved/{number}{Path(track['path']).suffix}"
            self.move(track["path"], path)
            earlier[path], track["path"] = track["path"], path
        for track in retagged:
            self.retag(track)
            earlier[track["path"]] = track["path"]
        self.save()
        return earlier

    def move(self, old, new):
        (self.music / new).parent.mkdir(exist_ok=True)
        if (self.music / old).exists():
            (self.music / old).rename(self.music / new)

    def retag(self, track):
        """Writes a new file: the old one has another name in the library."""
        place = self.music / track["path"]
        if place.exists():
            contents = RETAGS[track["kind"]](place.read_bytes())
            place.unlink()
            place.write_bytes(contents)
            track["size"] = len(contents)
        else:
            track["size"] += 1


def records(path, library):
    """The last record of each path."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    return {library.path_in_manifest(record["path"]): record for record in lines}


def last_event(outcome):
    events = [line for line in outcome.messages.splitlines() if line.startswith('{"') and '"finished"' in line]
    return json.loads(events[-1]) if events else {}


def differences(before, after, earlier):
    """One line for each track that does not have the numbers that it had under its earlier path."""
    problems = []
    for path, old in earlier.items():
        if path not in after:
            problems.append(f"{path!r}, once {old!r}, has no record")
            continue
        differing = [name for name in NUMBERS if after[path].get(name) != before[old].get(name)]
        if differing:
            problems.append(f"{path!r}, once {old!r}, has other {', '.join(differing)}")
    return problems


def test(arguments, folder):
    """Returns the problems."""
    copy = Copy(Library(arguments.library), folder)
    out = folder / "records.jsonl"
    library = Library(folder)
    first = AnnotateRun(command(arguments, library, out)).wait()
    before = records(out, library)
    earlier = copy.change(arguments.share, arguments.seed)
    second = AnnotateRun(command(arguments, library, out, progress="json")).wait()
    event = last_event(second)
    print(f"first      {len(before)} records in {first.wall_seconds:.1f} s")
    print(f"second     {len(earlier)} moved or retagged: {event.get('recognized')} recognised, "
          f"{event.get('patch_count')} patches, in {second.wall_seconds:.1f} s")
    problems = differences(before, records(out, library), earlier)
    if event.get("patch_count") != 0 or event.get("recognized") != len(earlier):
        problems.append(f"{event.get('recognized')} of {len(earlier)} recognised, {event.get('patch_count')} patches "
                        f"computed: {second.messages[-300:]}")
    return problems


def main():
    arguments = parse_arguments()
    # On the same file system as the library, for links.
    with tempfile.TemporaryDirectory(prefix="moved-", dir=arguments.library) as folder:
        problems = test(arguments, Path(folder).resolve())
    for problem in problems[:5]:
        print(f"WRONG      {problem}")
    if len(problems) > 5:
        print(f"... and {len(problems) - 5} more")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
