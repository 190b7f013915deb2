#!/usr/bin/env python3
"""Runs what this folder has for clusters without Spark, as far as one machine can, and compares the merged shards with
a run that is not sharded.

    check_shards.py /tmp/library/music --maest ../../.build/release/maest
    check_shards.py /tmp/library/music --maest maest --only duckdb

shards      shards 0 to 7 one by one; each has the tracks that the rule says; merged in any order, and again, and
            through a database, they are the same bytes as the whole run in order
parallel    parallel_annotate.sh, with GNU parallel where it is installed, and with xargs
slurm       slurm_annotate.sbatch with SLURM's variables set by hand, and what it refuses
kubernetes  the jobs of kubernetes.yaml: the commands of their containers, with their paths replaced
duckdb      the lines of README.md that make Parquet of JSON lines and of a database

Python 3.10 with requirements.txt. Exit status 1 where something is wrong, 2 for usage.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from cases import Failure, run_cases
from records import difference, from_lines, from_parquet

HERE = Path(__file__).resolve().parent
CASES = ("shards", "parallel", "slurm", "kubernetes", "duckdb")
SHARDS = 8


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("music", type=Path, help="folder of audio files")
    parser.add_argument("--maest", type=Path, default=HERE.parents[1] / ".build/release/maest", metavar="PATH",
                        help="default: this repository's release build")
    parser.add_argument("--only", choices=CASES, action="append", help="repeatable (default: all)")
    return parser.parse_args()


def require(condition, what):
    if not condition:
        raise Failure(what)


def sorted_lines(path):
    """The order of a merge is that of the paths' bytes."""
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    return sorted(lines, key=lambda line: json.loads(line)["path"].encode())


class ShardCheck:
    def __init__(self, arguments, folder):
        self.folder, self.music, self.maest = folder, arguments.music.resolve(), arguments.maest.resolve()
        self.whole = folder / "whole.jsonl"
        # As in the scripts: with an embedding and a curve, so that every part of a record is there.
        self.options = ["--layer", "7", "--pooling", "mean3", "--curve"]
        self.annotate(self.whole)
        self.expected = sorted_lines(self.whole)
        print(f"whole       {len(self.expected)} records")

    def annotate(self, out, *options):
        self.run([self.maest, "annotate", self.music, "--out", out, "--progress", "none", *self.options, *options],
                 (0, 1))

    def merge(self, inputs, out, *options):
        self.run([self.maest, "merge", *inputs, "--out", out, *options])
        return out

    def run(self, command, allowed=(0,), **variables):
        done = subprocess.run([str(word) for word in command], env={**os.environ, **variables}, cwd=self.folder,
                              capture_output=True, text=True, check=False)
        require(done.returncode in allowed,
                f"{' '.join(map(str, command))}: exit status {done.returncode}: {done.stderr.strip()[-500:]}")
        return done

    def compare(self, path, name):
        found = [line for line in path.read_bytes().split(b"\n") if line]
        require(found == self.expected,
                f"{name}: {len(found)} lines differ from the {len(self.expected)} of the whole run")

    def shards(self):
        parts = [self.folder / f"shard-{number}.jsonl" for number in range(SHARDS)]
        for number, part in enumerate(parts):
            self.annotate(part, "--shard", f"{number}/{SHARDS}")
            strays = [path for path in from_lines(part) if shard_of(path) != number]
            require(not strays, f"shard {number} has {len(strays)} tracks of others: {strays[:1]}")
        merged = self.merge(parts, self.folder / "merged.jsonl")
        self.compare(merged, "merged")
        contents = merged.read_bytes()
        self.merge([*reversed(parts), merged, parts[3]], merged)
        require(merged.read_bytes() == contents, "merged again in another order: other bytes")
        database = self.merge(parts, self.folder / "merged.sqlite")
        back = self.merge([database], self.folder / "back.jsonl")
        require(back.read_bytes() == contents, "through a database: other bytes")
        counts = [len(from_lines(part)) for part in parts]
        return (f"{SHARDS} shards of {min(counts)} to {max(counts)} tracks; merged in two orders and through SQLite: "
                f"the same bytes")

    def parallel(self):
        script, done = HERE / "parallel_annotate.sh", []
        without = self.folder / "bin"
        without.mkdir()
        # Everything on the PATH but parallel.
        for folder in reversed(os.environ["PATH"].split(os.pathsep)):
            for program in Path(folder).glob("*"):
                if program.name != "parallel":
                    (without / program.name).unlink(missing_ok=True)
                    (without / program.name).symlink_to(program)
        ways = {"xargs": str(without), **({"GNU parallel": os.environ["PATH"]} if shutil.which("parallel") else {})}
        for name, path in ways.items():
            out = self.folder / f"out of {name}"
            self.run([script, self.music, out, 3, "--", *self.options], MAEST=str(self.maest), PATH=path)
            self.compare(out / "tags.jsonl", name)
            done.append(name)
        return f"the same with {' and '.join(done)}"

    def slurm(self):
        script, out = HERE / "slurm_annotate.sbatch", self.folder / "slurm"
        self.run(["bash", "-n", script])
        variables = {"MUSIC": str(self.music), "OUT": str(out), "MAEST": str(self.maest), "SLURM_CPUS_PER_TASK": "2",
                     "SLURM_ARRAY_TASK_COUNT": str(SHARDS), "SLURM_ARRAY_TASK_MIN": "0",
                     "SLURM_ARRAY_TASK_MAX": str(SHARDS - 1)}
        for number in range(SHARDS):
            self.run(["bash", script, *self.options], **variables, SLURM_ARRAY_TASK_ID=str(number))
        self.compare(self.merge(sorted(out.glob("shard-*.jsonl")), out / "tags.jsonl"), "slurm")
        part = {**variables, "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "7",
                "SLURM_ARRAY_TASK_COUNT": "2"}
        refused = self.run(["bash", script, *self.options], (64,), **part)
        require("SHARDS" in refused.stderr, f"a part of an array: {refused.stderr}")
        again = self.run(["bash", script, *self.options], **part, SHARDS=str(SHARDS))
        require(f"--shard 3/{SHARDS}" in again.stdout, f"a part of an array with SHARDS: {again.stdout}")
        return f"{SHARDS} tasks and a merge: the same; a part of an array without SHARDS is refused"

    def kubernetes(self):
        jobs = list(yaml.safe_load_all((HERE / "kubernetes.yaml").read_text(encoding="utf-8")))
        require([job["metadata"]["name"] for job in jobs] == ["maest-annotate", "maest-merge"], "other jobs")
        annotate, merge = (job["spec"] for job in jobs)
        container = self.container(annotate)
        variables = {one["name"]: one["value"] for one in container["env"] if one["name"] != "MAEST_MODEL"}
        count = annotate["completions"]
        require(variables["SHARDS"] == str(count), f"{count} completions and {variables['SHARDS']} shards")
        results = self.folder / "kubernetes"
        results.mkdir()
        for index in range(count):
            self.run_container(container, results, **variables, JOB_COMPLETION_INDEX=str(index))
        self.run_container(self.container(merge), results)
        back = self.merge([results / "tags.sqlite"], results / "tags.jsonl")
        whole = self.folder / "relative.jsonl"
        self.run([self.maest, "annotate", self.music, "--relative-to", self.music, "--out", whole,
                  "--progress", "none"], (0, 1))
        require(back.read_bytes().split(b"\n")[:-1] == sorted_lines(whole), "the merged shards differ from the whole")
        return f"{count} pods' commands and the merge's: the same"

    @staticmethod
    def container(spec):
        """The only container; what it mounts must be there."""
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        missing = [mount["name"] for mount in container["volumeMounts"] if mount["name"] not in volumes]
        require(not missing, f"volumes that are not there: {missing}")
        return container

    def run_container(self, container, results, **variables):
        """Its command with the folders of the pod replaced by those here; maest is found on the PATH."""
        words = [word.replace("/results", str(results)).replace("/music", f"'{self.music}'")
                 for word in [*container["command"], *container["args"]]]
        self.run(words, PATH=f"{self.maest.parent}:{os.environ['PATH']}", **variables)

    def duckdb(self):
        """The lines of README.md that start with `duckdb`, in a folder with the files that they name."""
        lines = re.findall(r'^duckdb -c "(.*)"$', (HERE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
        require(len(lines) >= 3, f"README.md has {len(lines)} lines with duckdb")
        shutil.copy(self.whole, self.folder / "tags.jsonl")
        self.merge(["tags.jsonl"], "tags.sqlite")
        for line in lines:
            for program in re.findall(r"(?:INSTALL|LOAD) (\w+)", line):
                load_packaged_extension(program)
            self.run([Path(sys.executable).parent / "duckdb", "-c", line])
        found = from_parquet(self.folder / "tags.parquet")
        wrong = difference(found, from_lines(self.whole))
        require(not wrong, f"tags.parquet: {wrong}")
        return f"{len(lines)} lines: {self.compare_tables()}"

    def compare_tables(self):
        """The Parquet of the database's tables against the database."""
        import duckdb

        database = sqlite3.connect(self.folder / "tags.sqlite")
        counts = []
        for name, file in (("tracks", "tracks.parquet"), ("tags", "track_tags.parquet")):
            found = sorted(map(repr, duckdb.sql(f"FROM read_parquet('{self.folder / file}')").fetchall()))
            expected = sorted(map(repr, database.execute(f"SELECT * FROM {name}").fetchall()))
            require(found == expected, f"{file} has {len(found)} rows, expected the {len(expected)} of the table")
            counts.append(f"{len(found)} {name}")
        return f"records as in the JSON lines; {' and '.join(counts)} as in the database"


def shard_of(path):
    return int(hashlib.sha256(path.encode()).hexdigest()[:16], 16) % SHARDS


def load_packaged_extension(name):
    """Where DuckDB's own server cannot be reached, an extension may be installed as a Python package."""
    try:
        from duckdb_extensions import import_extension
    except ImportError:
        return
    import_extension({"sqlite": "sqlite_scanner"}.get(name, name))


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="maest-shards-") as folder:
        run_cases("check_shards", lambda: ShardCheck(arguments, Path(folder)), CASES, arguments.only)


if __name__ == "__main__":
    main()
