#!/usr/bin/env python3
"""Stands in for `maest annotate` where the tests of this folder are tested: the same command line and outputs (JSON
lines and SQLite), records from the manifest beside the audio, no analysis, and the fault that $FAULT names.

    lose      the last whole line that a killed run left behind is lost
    double    a killed run's last track is recorded again
    glue      a torn last line stays, and the next record is written behind it
    forget    one good track in ten is passed over
    orphan    leaves a process behind
    recompute tracks that were moved or retagged are analysed again
"""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

TRACK_SECONDS = 0.005
FAULT = os.environ.get("FAULT", "")


def record(music, track):
    facts = {"path": str(music / track["path"]), "size": track["size"]}
    if track["status"] == "failed":
        return {**facts, "status": "failed", "error": {"code": track["codes"][0], "message": "-", "stage": "open"}}
    facts["sound_sha256"] = track.get("sound", track["path"])
    if track["status"] == "partial":
        facts |= {"lost_seconds": 1.0, "warnings": [{"code": "damaged", "message": "-"}]}
    return {**facts, "status": track["status"], "duration": track["seconds"], "channels": track["channels"],
            "sample_rate": track["sample_rate"], "patch_count": 1}


class Lines:
    def __init__(self, path):
        data = path.read_bytes() if path.exists() else b""
        whole = data if FAULT == "glue" else data[:data.rfind(b"\n") + 1]
        lines = whole.split(b"\n")[:-1]
        known = [json.loads(line) for line in (lines[:-1] if FAULT == "double" else lines)]
        self.known = {(one["path"], one["size"]) for one in known}
        self.sounds = {one["sound_sha256"] for one in known if "sound_sha256" in one}
        if FAULT == "lose":
            whole = b"".join(line + b"\n" for line in lines[:-1])
        self.file = path.open("r+b" if path.exists() else "w+b")
        self.file.truncate(len(whole))
        self.file.seek(0, os.SEEK_END)

    def write(self, one):
        line = json.dumps(one, sort_keys=True).encode() + b"\n"
        # In two pieces, so that a kill comes between.
        os.write(self.file.fileno(), line[:40])
        time.sleep(TRACK_SECONDS)
        os.write(self.file.fileno(), line[40:])


class Database:
    def __init__(self, path):
        self.database = sqlite3.connect(path)
        self.database.executescript("""
            PRAGMA journal_mode = wal;
            CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, started REAL);
            CREATE TABLE IF NOT EXISTS tracks (id INTEGER PRIMARY KEY, path TEXT UNIQUE, size INTEGER, status TEXT,
                                               error_code TEXT,
                                               run INTEGER REFERENCES runs);
            CREATE TABLE IF NOT EXISTS tags (track INTEGER REFERENCES tracks, label TEXT, activation REAL)""")
        with self.database:
            self.run = self.database.execute("INSERT INTO runs (started) VALUES (?)", (time.time(),)).lastrowid
        self.known = set(self.database.execute("SELECT path, size FROM tracks"))
        self.sounds = set()

    def write(self, one):
        with self.database:
            row = self.database.execute(
                "INSERT INTO tracks (path, size, status, error_code, run) VALUES (?, ?, ?, ?, ?)",
                (one["path"], one["size"], one["status"], one.get("error", {}).get("code"), self.run)).lastrowid
            self.database.execute("INSERT INTO tags VALUES (?, ?, ?)", (row, "label", len(one["path"])))
        time.sleep(TRACK_SECONDS)


def main():
    music, out = Path(sys.argv[2]), Path(sys.argv[sys.argv.index("--out") + 1])
    tracks = json.loads((music.parent / "manifest.json").read_text(encoding="utf-8"))["tracks"]
    output = (Database if out.suffix == ".sqlite" else Lines)(out)
    if FAULT == "orphan":
        subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    recorded = recognized = 0
    for number, track in enumerate(tracks):
        if (str(music / track["path"]), track["size"]) in output.known or (FAULT == "forget" and number % 10 == 9):
            continue
        one = record(music, track)
        recorded += 1
        recognized += FAULT != "recompute" and one.get("sound_sha256") in output.sounds
        output.write(one)
    if "json" in sys.argv:
        print(json.dumps({"event": "finished", "recorded": recorded, "recognized": recognized,
                          "patch_count": recorded - recognized}), file=sys.stderr)
    with contextlib.suppress(AttributeError):
        output.database.close()
    sys.exit(1 if any(track["status"] == "failed" for track in tracks) else 0)


if __name__ == "__main__":
    try:
        main()
    except OSError as failure:
        print(f"fake: {sys.argv[sys.argv.index('--out') + 1]}: {failure.strerror}", file=sys.stderr)
        sys.exit(2)
