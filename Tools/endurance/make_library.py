#!/usr/bin/env python3
"""Generates a music library of many short tracks in many formats, some of them damaged or broken, for tests of `maest annotate`.

    make_library.py /tmp/library --tracks 2000 --seed 1
    make_library.py /tmp/small --tracks 60

OUT/music has the tracks, in folders of artists and albums whose names are as odd as names are: quotes, commas, leading
dashes, several scripts, two spellings of one é. A few other files (covers, playlists) lie between them.
OUT/manifest.json tells of each track its path in OUT/music, kind, sample rate, channels, seconds, what its record
must be (`status`: done, partial or failed), and, if it must fail, the error codes that may be told (`codes`; the names of AudioError's cases). One track in fifty must fail; each kind of
library_plan.py is there at least once. The same command gives the same bytes and modification times, with the same
ffmpeg and numpy.

Python 3.10 with numpy, and ffmpeg.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy

from broken_files import write_broken
from damaged_files import write_damaged
from good_files import EncodingError, write_good
from library_plan import BROKEN_KINDS, DAMAGED_KINDS, plan
from library_sounds import make_bank

# Modification times: from here on, with parts of a second that only whole nanoseconds keep apart.
FIRST_TIME_NS = 1_600_000_000_000_000_000
TIME_STEP_NS = 3_600_000_001_003
# In every tenth album; none of them is audio.
OTHER_FILES = {"cover.jpg": b"\xff\xd8\xff\xe0no picture", "playlist.m3u": b"01.mp3\n", "notes.txt": b"Thank you.\n",
               ".DS_Store": b"\0\0\0\1Bud1", "log": b"done\n"}
ALBUMS_PER_OTHER_FILES = 10

# Of each worker process: the folder, the seed, the loops. Set before the workers fork.
setup = {}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    parser.add_argument("--tracks", type=int, default=2000, help="default: 2000")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)),
                        help="files made at a time (default: the number of cores)")
    arguments = parser.parse_args()
    if arguments.jobs < 1:
        parser.error("--jobs must be at least 1")
    if (arguments.out / "music").exists():
        parser.error(f"{arguments.out / 'music'} is already there; name a new folder")
    return arguments


def make(track):
    """Writes the track's file. Returns its entry in the manifest."""
    path = setup["music"] / track.path
    chance = numpy.random.default_rng([setup["seed"], track.index])
    write = write_broken if track.kind in BROKEN_KINDS else write_damaged if track.kind in DAMAGED_KINDS else write_good
    write(track, path, setup["bank"], chance)
    time_ns = FIRST_TIME_NS + track.index * TIME_STEP_NS
    os.utime(path, ns=(time_ns, time_ns))
    return {"path": track.path, "kind": track.kind, "sample_rate": track.sample_rate, "channels": track.channels,
            "seconds": track.seconds, "size": path.stat().st_size, "status": track.status, "codes": track.codes}


def make_folders(tracks):
    """All folders, and the files in them that are no audio."""
    albums = list(dict.fromkeys(Path(track.path).parent for track in tracks))
    for number, album in enumerate(albums):
        folder = setup["music"] / album
        folder.mkdir(parents=True, exist_ok=True)
        if number % ALBUMS_PER_OTHER_FILES == 0:
            for name, contents in OTHER_FILES.items():
                (folder / name).write_bytes(contents)
                os.utime(folder / name, ns=(FIRST_TIME_NS, FIRST_TIME_NS))


def versions():
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    return {"python": sys.version.split()[0], "numpy": numpy.__version__, "ffmpeg": ffmpeg}


def write_manifest(arguments, entries):
    manifest = {"command": ["make_library.py", *sys.argv[1:]], "seed": arguments.seed, "versions": versions(),
                "tracks": sorted(entries, key=lambda entry: entry["path"].encode())}
    path = arguments.out / "manifest.json"
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    arguments = parse_arguments()
    start = time.monotonic()
    try:
        tracks = plan(arguments.tracks, arguments.seed)
    except ValueError as error:
        sys.exit(f"make_library: {error}")
    setup.update(music=arguments.out.resolve() / "music", seed=arguments.seed, bank=make_bank(arguments.seed))
    make_folders(tracks)
    entries = []
    try:
        with multiprocessing.get_context("fork").Pool(arguments.jobs) as pool:
            for entry in pool.imap_unordered(make, tracks):
                entries.append(entry)
                if len(entries) % 100 == 0:
                    print(f"{len(entries)} of {len(tracks)}, {time.monotonic() - start:.0f} s", file=sys.stderr)
        write_manifest(arguments, entries)
    except (EncodingError, OSError) as error:
        sys.exit(f"make_library: {error}")
    good = [entry for entry in entries if entry["status"] != "failed"]
    size = sum(entry["size"] for entry in entries)
    print(f"{arguments.out}  {len(entries)} tracks, {len(entries) - len(good)} of them to fail; "
          f"{sum(entry['seconds'] for entry in good) / 3600:.1f} hours, {size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
