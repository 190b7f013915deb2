#!/usr/bin/env python3
"""Runs spark_annotate.py in Spark's local mode and on a cluster of two workers, one of which is killed, and compares
the Parquet with what `maest annotate` writes alone.

    check_spark.py /tmp/library/music --maest ../../.build/release/maest
    check_spark.py /tmp/library/music --maest maest --only cluster --kill-after 0.4 -- --layer 7 --pooling mean3 --curve

local      local[2]
resume     local[2] on half of the files, then on all
child      a maest that is killed fails its task, and the task is tried again
cluster    a master and two workers of one core; one worker is killed with all it has started, as soon as --kill-after
           of the tasks are done

Linux, Python 3.10 with requirements.txt and numpy, Java 17. Exit status 1 where something is wrong, 2 for usage.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyspark

from cases import Failure, run_cases
from records import difference, from_lines, from_parquet

HERE = Path(__file__).resolve().parent
SPARK = Path(pyspark.__file__).parent
CASES = ("local", "resume", "child", "cluster")
# A maest that is killed once in the middle of its work: by itself, where the file of $KILL_ONCE can be made.
KILLED_ONCE = """#!/usr/bin/env bash
if mkdir {mark} 2>/dev/null; then
    {maest} "$@" | head -n 3
    kill -9 $$
fi
exec {maest} "$@"
"""
START_SECONDS = 60.0
# What Spark tells of each task whose executor is gone.
LOST_TASK = "its executor exited for a reason unrelated to the task"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="What follows -- goes to maest annotate.")
    parser.add_argument("music", type=Path, help="folder of audio files")
    parser.add_argument("--maest", type=Path, default=HERE.parents[1] / ".build/release/maest", metavar="PATH",
                        help="default: this repository's release build")
    parser.add_argument("--only", choices=CASES, action="append", help="repeatable (default: all)")
    parser.add_argument("--partitions", type=int, default=24, help="default: 24")
    parser.add_argument("--kill-after", type=float, default=0.4, metavar="SHARE", help="default: 0.4")
    parser.add_argument("--folder", type=Path,
                        help="for outputs and logs (default: a temporary one, removed at the end)")
    own, more = split_arguments(sys.argv[1:])
    return parser.parse_args(own, argparse.Namespace(more=more))


def split_arguments(words):
    """Those before and behind `--`; what is behind is for maest annotate."""
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1:]


class SparkCheck:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.music, self.maest = arguments.music.resolve(), arguments.maest.resolve()
        lines = folder / "alone.jsonl"
        start = time.monotonic()
        done = subprocess.run(
            [self.maest, "annotate", self.music, "--out", lines, "--progress", "none", *arguments.more], check=False)
        if done.returncode not in (0, 1):
            raise Failure(f"maest annotate ended with {done.returncode}")
        self.expected = from_lines(lines)
        print(f"alone      {len(self.expected)} records in {time.monotonic() - start:.1f} s")

    def start(self, name, *options, master="local[2]", maest=None, inputs=None):
        """Starts a job; its output and log are NAME's."""
        command = [SPARK / "bin/spark-submit", "--master", master, "--conf", "spark.ui.enabled=false",
                   *options, HERE / "spark_annotate.py",
                   "--input", inputs or self.music, "--output", self.folder / name,
                   "--maest", maest or self.maest, "--partitions", self.arguments.partitions]
        command += ["--", *self.arguments.more] if self.arguments.more else []
        with self.log(name).open("ab") as log:
            return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, env=environment())

    def log(self, name):
        return self.folder / f"{name}.log"

    def finish(self, name, process):
        if process.wait() != 0:
            last = self.log(name).read_text(errors="replace").strip().splitlines()[-30:]
            raise Failure("\n".join([f"spark-submit ended with {process.returncode}:", *last]))

    def compare(self, name):
        found = from_parquet(self.folder / name / '*.parquet')
        wrong = difference(found, self.expected)
        if wrong:
            raise Failure(wrong)
        return f"{len(found)} records, the same as alone"

    def local(self):
        start = time.monotonic()
        self.finish("local", self.start("local"))
        seconds = time.monotonic() - start
        return f"{self.compare('local')}, {seconds:.1f} s"

    def resume(self):
        half = self.folder / "half.txt"
        half.write_text("".join(f"{path}\n" for path in sorted(self.expected)[::2]), encoding="utf-8")
        self.finish("resume", self.start("resume", inputs=half))
        count = len(from_parquet(self.folder / 'resume/*.parquet'))
        self.finish("resume", self.start("resume"))
        return f"{count} first, then {self.compare('resume')}"

    def child(self):
        program = self.folder / "killed-once"
        program.write_text(KILLED_ONCE.format(mark=self.folder / "mark", maest=self.maest), encoding="utf-8")
        program.chmod(0o755)
        # In local mode a task is tried once, unless it is told otherwise.
        self.finish("child", self.start("child", master="local[2,4]", maest=program))
        text = self.log("child").read_text(errors="replace")
        if "maest annotate was ended by signal 9" not in text:
            raise Failure("no message tells that maest was killed")
        return f"{self.compare('child')}, after a task that failed with 'maest annotate was ended by signal 9'"

    def cluster(self):
        port = free_port()
        master = f"spark://127.0.0.1:{port}"
        with Service("master", self.folder, "org.apache.spark.deploy.master.Master",
                     "--host", "127.0.0.1", "--port", port) as head:
            head.wait_for("I have been elected leader")
            with self.worker(1, master) as first, self.worker(2, master) as second:
                for worker in (first, second):
                    worker.wait_for("Successfully registered with master")
                job = self.start("cluster", "--conf", "spark.executor.memory=512m", master=master)
                done_count = self.wait_for_tasks(job)
                killed = second.kill()
                self.finish("cluster", job)
        lost = self.log("cluster").read_text(errors="replace").count(LOST_TASK)
        if not killed or not lost:
            raise Failure(f"{killed} processes were killed and {lost} tasks lost: the kill shows nothing")
        return (f"{self.compare('cluster')}, after a worker with {killed} processes was killed when {done_count} of "
                f"{self.arguments.partitions} tasks were done; lost and run again: {lost}")

    def wait_for_tasks(self, job):
        """Until enough tasks of the job on the cluster are done. Their files wait in a folder until the job is done."""
        waiting = self.folder / "cluster/_temporary/0"
        while (count := len(list(waiting.glob("task_*")))) < self.arguments.kill_after * self.arguments.partitions:
            if job.poll() is not None:
                raise Failure("the job was done before the kill")
            time.sleep(0.05)
        return count

    def worker(self, number, master):
        return Service(f"worker-{number}", self.folder, "org.apache.spark.deploy.worker.Worker", "--cores", 1,
                       "--memory", "1g", "--work-dir", self.folder / f"work-{number}", master)


class Service:
    """A process of a standalone cluster, from the beginning to the end of the `with` block."""

    def __init__(self, name, folder, *command):
        self.name, self.log = name, folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in (SPARK / "bin/spark-class", *command)], stdout=log, stderr=log,
                env=environment())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def wait_for(self, text):
        deadline = time.monotonic() + START_SECONDS
        while text not in self.log.read_text(errors="replace"):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failure(f"{self.name} did not start: {self.log.read_text(errors='replace')[-1000:]}")
            time.sleep(0.2)

    def kill(self):
        """SIGKILL to it and all that it has started, as when a machine is gone. Returns how many these were."""
        pids = [self.process.pid, *descendants(self.process.pid)]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pids = [one for one in pids if one != pid]
        self.process.wait()
        return len(pids)


def descendants(pid):
    """Processes that a process has started, and these."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii").split():
                found += [int(child), *descendants(int(child))]
    except (FileNotFoundError, ProcessLookupError):
        # Gone meanwhile.
        pass
    return found


def environment():
    return {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "SPARK_HOME": str(SPARK)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="maest-spark-") as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=arguments.folder is None)
        run_cases("check_spark", lambda: SparkCheck(arguments, folder), CASES, arguments.only)


if __name__ == "__main__":
    main()
