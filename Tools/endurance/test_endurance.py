"""The tests of this folder on a library without audio and a stand-in for maest, with and without faults:
python3 -m unittest discover Tools/endurance"""

import ast
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from annotate_run import AnnotateRun
from database import canonical_rows
from library_plan import ALL_KINDS, BROKEN_KINDS, DAMAGED_KINDS, plan
from outputs import OutputError, read_output

HERE = Path(__file__).resolve().parent
TRACK_COUNT = 100


class PlanTests(unittest.TestCase):
    def test_small_library_has_every_kind(self):
        kinds = Counter(track.kind for track in plan(60, 1))
        self.assertEqual(kinds.keys(), ALL_KINDS.keys())
        self.assertEqual(sum(kinds.values()), 60)

    def test_forty_of_two_thousand_are_broken_and_two_hundred_damaged(self):
        tracks = plan(2000, 1)
        self.assertEqual(sum(track.kind in BROKEN_KINDS for track in tracks), 40)
        self.assertEqual(sum(track.kind in DAMAGED_KINDS for track in tracks), 200)
        self.assertTrue(all(bool(track.codes) == track.fails for track in tracks))

    def test_damaged_kinds_are_made(self):
        # Read, not imported: numpy may be missing here.
        source = ast.parse((HERE / "damaged_files.py").read_text(encoding="utf-8"))
        methods = {node.name for node in ast.walk(source) if isinstance(node, ast.FunctionDef)}
        self.assertLessEqual({kind.replace("-", "_") for kind in DAMAGED_KINDS}, methods)

    def test_paths_differ_and_fit(self):
        paths = [track.path for track in plan(2000, 1)]
        self.assertEqual(len(set(paths)), 2000)
        self.assertLessEqual(max(len(part.encode()) for path in paths for part in path.split("/")), 255)

    def test_seed_decides(self):
        self.assertEqual(plan(100, 1), plan(100, 1))
        self.assertNotEqual(plan(100, 1), plan(100, 2))


class OutputTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out = Path(self.folder.name) / "out.jsonl"

    def test_torn_last_line_is_told_and_not_counted(self):
        self.out.write_text('{"path": "a", "status": "done"}\n{"path": "b", "st', encoding="utf-8")
        contents = read_output(self.out)
        self.assertTrue(contents.is_torn)
        self.assertEqual(contents.tracks, [("a", "done", None)])

    def test_torn_line_in_the_middle_is_damage(self):
        self.out.write_text('{"path": "a", "st\n{"path": "b", "status": "done"}\n', encoding="utf-8")
        with self.assertRaises(OutputError):
            read_output(self.out)

    def test_path_twice_is_damage(self):
        self.out.write_text('{"path": "a", "status": "done"}\n' * 2, encoding="utf-8")
        with self.assertRaises(OutputError):
            read_output(self.out)

    def test_rows_are_compared_without_their_numbers(self):
        def rows(*order):
            database = sqlite3.connect(":memory:")
            database.executescript("""
                CREATE TABLE tracks (id INTEGER PRIMARY KEY, path TEXT);
                CREATE TABLE tags (track INTEGER REFERENCES tracks, label TEXT, PRIMARY KEY (track, label))""")
            for path in order:
                row = database.execute("INSERT INTO tracks (path) VALUES (?)", (path,)).lastrowid
                database.execute("INSERT INTO tags VALUES (?, ?)", (row, f"label of {path}"))
            return canonical_rows(database)

        self.assertEqual(rows("a", "b"), rows("b", "a"))
        self.assertEqual(rows("a")[0], "tags track='a' label='label of a'")
        self.assertNotEqual(rows("a", "b"), rows("a", "c"))


class MemoryTests(unittest.TestCase):
    def test_what_a_process_took_and_left(self):
        run = AnnotateRun(
            [sys.executable, "-c", "import subprocess; subprocess.Popen(['sleep', '60']); b'.' * (1 << 26)"])
        outcome = run.wait()
        self.assertEqual(outcome.returncode, 0)
        self.assertGreater(outcome.peak_bytes, 1 << 26)
        self.assertEqual(run.left_behind(0.2), 1)
        self.assertEqual(run.left_behind(0.2), 0)


class FaultTests(unittest.TestCase):
    """Each fault of the stand-in must be found."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.library = Path(cls.folder.name)
        (cls.library / "music").mkdir()
        tracks = [{"path": f"{number}.wav", "kind": "wav16", "sample_rate": 16000, "channels": 1, "seconds": 6.0,
                   "size": 0, "status": {3: "failed", 4: "partial"}.get(number % 20, "done"),
                   "codes": ["emptyFile"] if number % 20 == 3 else []}
                  for number in range(TRACK_COUNT)]
        (cls.library / "manifest.json").write_text(json.dumps({"tracks": tracks}), encoding="utf-8")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_test(self, script, *options, fault=""):
        return subprocess.run(
            [sys.executable, HERE / script, self.library, "--maest", HERE / "fake_annotate.py", *options],
            env={**os.environ, "FAULT": fault}, capture_output=True, text=True, check=False)

    def test_whole_library(self):
        for name in ("out.jsonl", "out.sqlite"):
            done = self.run_test("check_library.py", "--out", self.library / name)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("90 done, 5 partial, 5 failed", done.stdout)

    def test_forgotten_tracks_are_found(self):
        done = self.run_test("check_library.py", "--out", self.library / "forgotten.jsonl", fault="forget")
        self.assertEqual(done.returncode, 1)
        self.assertIn("'9.wav' (wav16) is missing", done.stdout)

    def test_moved_and_retagged_tracks(self):
        done = self.run_test("moved_test.py")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("20 moved or retagged: 20 recognised, 0 patches", done.stdout)

    def test_tracks_that_are_analysed_again_are_found(self):
        done = self.run_test("moved_test.py", fault="recompute")
        self.assertEqual(done.returncode, 1)
        self.assertIn("0 of 20 recognised, 20 patches computed", done.stdout)

    def test_kills_without_fault(self):
        for kind in ("jsonl", "sqlite"):
            done = self.run_test("kill_test.py", "--kills", "6", "--format", kind)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("equal to the reference", done.stdout)

    def test_faults_after_kills_are_found(self):
        for fault in ("lose", "double", "glue"):
            done = self.run_test("kill_test.py", "--kills", "6", fault=fault)
            self.assertEqual(done.returncode, 1, f"{fault}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    unittest.main()
