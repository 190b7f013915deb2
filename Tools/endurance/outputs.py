"""What `maest annotate` wrote, read back in a form in which two outputs can be compared: JSON lines, a database, or a
folder of files."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from database import canonical_rows, open_database

DATABASES = (".sqlite", ".db")


class OutputError(Exception):
    """An output that is not whole."""


@dataclass
class Contents:
    # Sorted; equal for outputs that say the same.
    lines: list = field(default_factory=list)
    # (path, status, error code or None), one a record.
    tracks: list = field(default_factory=list)
    # Whether something at the end was cut off.
    is_torn: bool = False

    def require_once(self, name):
        twice = [path for path, count in Counter(path for path, _, _ in self.tracks).items() if count > 1]
        if twice:
            raise OutputError(f"{name}: {len(twice)} paths are there twice, such as {twice[0]!r}")


def read_output(path):
    """The contents of a finished or broken-off output; of one that is not there, none.

    Raises OutputError where more is damaged than the end of the last line, or a path is there twice."""
    path = Path(path)
    if not path.exists():
        return Contents()
    read = read_folder if path.is_dir() else read_database if path.suffix in DATABASES else read_lines
    contents = read(path)
    contents.require_once(path)
    contents.lines.sort()
    return contents


def read_lines(path):
    contents = Contents()
    *lines, last = path.read_bytes().split(b"\n")
    # What is behind the last line break is torn.
    contents.is_torn = last != b""
    for number, line in enumerate(lines, 1):
        contents.tracks.append(track_of(line, f"{path}, line {number}"))
        contents.lines.append(line)
    return contents


def track_of(text, name):
    try:
        record = json.loads(text)
        return record["path"], record["status"], record.get("error", {}).get("code")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(f"{name}: no whole record ({error}): {text[:80]!r}") from error


def read_database(path):
    """Reads a copy, so that what a killed writer left beside the database stays for the next one."""
    with tempfile.TemporaryDirectory(prefix="maest-endurance-") as folder:
        for part in path.parent.glob(path.name + "*"):
            shutil.copy(part, folder)
        try:
            with open_database(Path(folder) / path.name) as database:
                problems = [row[0] for row in database.execute("PRAGMA integrity_check")]
                if problems != ["ok"]:
                    raise OutputError(f"{path}: {problems[:3]}")
                broken_keys = database.execute("PRAGMA foreign_key_check").fetchall()
                if broken_keys:
                    raise OutputError(f"{path}: rows without what they point at: {broken_keys[:3]}")
                return database_contents(database)
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: {error}") from error


def database_contents(database):
    contents = Contents()
    if not database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tracks'").fetchone():
        return contents
    names = [row[1] for row in database.execute("PRAGMA table_info(tracks)")]
    code = next((name for name in ("error_code", "code") if name in names), "NULL")
    contents.tracks = database.execute(f"SELECT path, status, {code} FROM tracks").fetchall()
    contents.lines = canonical_rows(database)
    return contents


def read_folder(path):
    """Every file counts with its contents, but hidden ones, which are still being written."""
    contents = Contents()
    for file in sorted(path.rglob("*")):
        if not file.is_file() or file.name.startswith("."):
            continue
        data = file.read_bytes()
        contents.lines.append(f"{file.relative_to(path)} {hashlib.sha256(data).hexdigest()}")
        if file.suffix == ".json":
            contents.tracks.append(track_of(data, file))
    return contents


def first_difference(found, expected):
    """A line about what is in only one of two contents; None where they are the same."""
    if found.lines == expected.lines:
        return None
    more, less = Counter(found.lines), Counter(expected.lines)
    unexpected, missing = list((more - less).elements()), list((less - more).elements())
    examples = [f"{name} {lines[0]!r:.300}"
                for name, lines in (("unexpected", unexpected), ("missing", missing)) if lines]
    return f"{len(unexpected)} lines too many, {len(missing)} missing; {'; '.join(examples)}"
