#!/usr/bin/env python3
"""Annotates a music library on a Spark cluster: `maest annotate` on the executors, Parquet as the result.

    spark-submit --master spark://head:7077 spark_annotate.py --input /music --output /results/tags.parquet
    spark-submit spark_annotate.py --input list.txt --output tags.parquet --model m.safetensors -- --layer 7
    spark-submit --conf spark.task.cpus=4 spark_annotate.py --input /music --output tags.parquet

Every executor needs maest, the model and the audio under the same paths. Each Spark task is a few files: it starts one
`maest annotate - --out -`, sends the paths through its standard input and reads a record a line, with as many threads
as the task has cores (spark.task.cpus). A task writes nothing but its own Parquet file, which Spark takes over when the
task has ended well, so a task that is lost with its executor is run again and nothing is lost or doubled. A maest that
dies, or that does not answer for each path once, fails its task with a message that says so; Spark tries a task four
times. What maest writes to standard error is in the executor's log.

Files go in batches of --batch, each a Spark job whose result stays, whatever comes later. The same command run again
leaves out the tracks whose records are in the output. A track that cannot be decoded has a record of status `failed`.

The columns are the record's fields (see maest annotate --help): `tags` is an array of {label, activation}, `embeddings`
a map from name to {shape, values} with the values row by row, `error` is {stage, code, message}.

Exit status 1 where the job fails, 2 for usage.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from pyspark import TaskContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as column
from pyspark.sql import types as t

EXTENSIONS = {".wav", ".aif", ".aiff", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".mp4", ".aac", ".wma"}
# Lines of maest's standard error that a failed task tells.
KEPT_MESSAGES = 20

TEXTS = ("settings", "engine", "model", "model_sha256", "head", "head_sha256", "precision", "format", "decoder",
         "sha256")
SCHEMA = t.StructType([
    t.StructField("path", t.StringType(), False),
    t.StructField("status", t.StringType(), False),
    *(t.StructField(name, t.LongType()) for name in ("size", "modified_ns")),
    *(t.StructField(name, t.StringType()) for name in TEXTS),
    t.StructField("duration", t.DoubleType()),
    *(t.StructField(name, t.IntegerType()) for name in ("sample_rate", "channels", "patch_count")),
    t.StructField("patches", t.ArrayType(t.StructType(
        [t.StructField("start", t.DoubleType()), t.StructField("end", t.DoubleType())]))),
    t.StructField("tags", t.ArrayType(t.StructType(
        [t.StructField("label", t.StringType()), t.StructField("activation", t.FloatType())]))),
    t.StructField("embeddings", t.MapType(t.StringType(), t.StructType(
        [t.StructField("shape", t.ArrayType(t.IntegerType())), t.StructField("values", t.ArrayType(t.FloatType()))]))),
    t.StructField("curve", t.StructType(
        [t.StructField("labels", t.ArrayType(t.StringType())),
         t.StructField("activations", t.ArrayType(t.ArrayType(t.FloatType())))])),
    t.StructField("error", t.StructType(
        [t.StructField(name, t.StringType()) for name in ("stage", "code", "message")])),
])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="What follows -- goes to maest annotate.")
    parser.add_argument("--input", type=Path, action="append", required=True, metavar="PATH",
                        help="a folder with audio files, or a list of files, one path a line (repeatable)")
    parser.add_argument("--output", required=True, metavar="FOLDER",
                        help="for Parquet; any address that Spark writes to")
    parser.add_argument("--model", metavar="FILE", help="weight file (default: what maest takes by itself)")
    parser.add_argument("--maest", default="maest", metavar="PATH",
                        help="the program, on every executor (default: maest)")
    parser.add_argument("--relative-to", metavar="FOLDER", help="record paths relative to it (default: absolute)")
    parser.add_argument("--partitions", type=int, metavar="N",
                        help="tasks of a batch (default: one for each 20 files)")
    parser.add_argument("--batch", type=int, default=20_000, metavar="FILES",
                        help="files of one Spark job (default: 20000)")
    own, more = split_arguments(sys.argv[1:])
    arguments = parser.parse_args(own, argparse.Namespace(more=more))
    if arguments.batch < 1 or (arguments.partitions is not None and arguments.partitions < 1):
        parser.error("--batch and --partitions must be at least 1")
    return arguments


def split_arguments(words):
    """Those before and behind `--`; what is behind is for maest annotate."""
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1:]


def input_paths(inputs):
    """Absolute paths, each once, sorted."""
    found = set()
    for place in inputs:
        if place.is_dir():
            found.update(os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names
                         if Path(name).suffix.lower() in EXTENSIONS)
        else:
            found.update(line for line in place.read_text(encoding="utf-8").split("\n") if line)
    paths = sorted({os.path.abspath(path) for path in found})
    unspeakable = [path for path in paths if "\n" in path or not is_text(path)]
    if unspeakable:
        raise ValueError(f"{len(unspeakable)} paths have a line break in them or are no UTF-8, such as "
                         f"{unspeakable[0]!r}; rename them")
    return paths


def is_text(path):
    """Whether its bytes are UTF-8; what is not, Python keeps as lone surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in path)


class Child:
    """One `maest annotate` that answers each path with a record."""

    def __init__(self, command, paths):
        self.paths = paths
        self.messages = collections.deque(maxlen=KEPT_MESSAGES)
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            raise RuntimeError(f"{command[0]} cannot be run on this executor: {error.strerror}; give its path there "
                               f"with --maest") from error
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._pass_on)]
        for thread in self.threads:
            thread.start()

    def _send(self):
        try:
            with self.process.stdin as pipe:
                pipe.write("".join(path + "\n" for path in self.paths).encode())
        except BrokenPipeError:
            # It has ended; how is told by finish().
            pass

    def _pass_on(self):
        for line in self.process.stderr:
            text = line.decode("utf-8", errors="replace")
            sys.stderr.write(text)
            self.messages.append(text.rstrip())

    def records(self):
        """The records as they come; raises RuntimeError where they are not one for each path."""
        seen = set()
        try:
            for line in self.process.stdout:
                record = self._record(line)
                if record["path"] in seen:
                    raise self._failure(f"gave two records of {record['path']!r}")
                seen.add(record["path"])
                yield record
            self._finish(len(seen))
        finally:
            self.process.kill()
            self.process.wait()

    def _record(self, line):
        try:
            return json.loads(line)
        except ValueError as error:
            raise self._failure(f"wrote what is no record: {line[:80]!r}") from error

    def _finish(self, record_count):
        code = self.process.wait()
        for thread in self.threads:
            thread.join()
        # 1 is that tracks have failed, and these have records.
        if code not in (0, 1):
            end = f"was ended by signal {-code}" if code < 0 else f"ended with exit status {code}"
            raise self._failure(end, record_count)
        if record_count != len(self.paths):
            raise self._failure("gave too few records", record_count)

    def _failure(self, what, record_count=None):
        count = "" if record_count is None else f" after {record_count} of {len(self.paths)} tracks"
        return RuntimeError("\n".join([f"maest annotate {what}{count}. Its last messages:", *self.messages]))


def annotate(paths, command):
    """Rows of the table for the paths of one Spark task."""
    paths = list(paths)
    if not paths:
        return
    cores = str(TaskContext.get().cpus())
    for record in Child([*command, "--jobs", cores, "--threads", cores], paths).records():
        yield row(record)


def row(record):
    """A record as Spark takes it; a field that the table does not have would be lost, and is an error."""
    unknown = record.keys() - set(SCHEMA.names)
    if unknown:
        raise RuntimeError(f"maest annotate gave fields that this script does not know: {', '.join(sorted(unknown))}. "
                           f"Use the script of the same version as maest.")
    values = {name: record.get(name) for name in SCHEMA.names}
    if values["embeddings"] is not None:
        values["embeddings"] = {name: {"shape": one["shape"], "values": list(numbers(one["values"]))}
                                for name, one in values["embeddings"].items()}
    if values["duration"] is not None:
        values["duration"] = float(values["duration"])
    return with_floats(values)


def numbers(values):
    """The numbers of nested lists, row by row."""
    for value in values:
        if isinstance(value, list):
            yield from numbers(value)
        else:
            yield float(value)


def with_floats(values):
    """JSON's whole numbers as floats where the table has floats."""
    if values["tags"] is not None:
        values["tags"] = [{"label": tag["label"], "activation": float(tag["activation"])} for tag in values["tags"]]
    if values["patches"] is not None:
        values["patches"] = [{name: float(patch[name]) for name in ("start", "end")} for patch in values["patches"]]
    if values["curve"] is not None:
        values["curve"] = {"labels": values["curve"]["labels"],
                           "activations": [list(numbers(line)) for line in values["curve"]["activations"]]}
    return values


def recorded_paths(spark, output):
    """Those with a record in the output; none where it is not there yet."""
    path = spark._jvm.org.apache.hadoop.fs.Path(output)
    files = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not files.exists(path) or not files.globStatus(spark._jvm.org.apache.hadoop.fs.Path(path, "*.parquet")):
        return set()
    return {line.path for line in spark.read.schema(SCHEMA).parquet(output).select("path").toLocalIterator()}


def main():
    arguments = parse_arguments()
    try:
        paths = input_paths(arguments.input)
    except (OSError, ValueError) as error:
        sys.exit(f"spark_annotate: {error}")
    # With the first algorithm, files of a task come to the output only when its job has ended well.
    spark = SparkSession.builder.appName("maest annotate").config(
        "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "1").getOrCreate()
    command = [arguments.maest, "annotate", "-", "--out", "-", "--progress", "none",
               *(["--model", arguments.model] if arguments.model else []),
               *(["--relative-to", arguments.relative_to] if arguments.relative_to else []), *arguments.more]
    try:
        annotate_all(spark, command, paths, arguments)
        print_summary(spark, arguments.output)
    except PySparkException as error:
        sys.exit(f"spark_annotate: {error}")
    finally:
        spark.stop()


def annotate_all(spark, command, paths, arguments):
    def recorded_path(path):
        return os.path.relpath(path, arguments.relative_to) if arguments.relative_to else path

    done = recorded_paths(spark, arguments.output)
    left = [path for path in paths if recorded_path(path) not in done]
    print(f"{len(paths)} files, {len(paths) - len(left)} of them recorded before", flush=True)
    for start in range(0, len(left), arguments.batch):
        batch = left[start:start + arguments.batch]
        partitions = min(len(batch), arguments.partitions or -(-len(batch) // 20))
        # Into a local of its own: the function is sent to the executors with all that it uses.
        rows = spark.sparkContext.parallelize(batch, partitions).mapPartitions(lambda part: annotate(part, command))
        spark.createDataFrame(rows, SCHEMA).write.mode("append").parquet(arguments.output)
        print(f"{start + len(batch)} of {len(left)}", flush=True)


def print_summary(spark, output):
    table = spark.read.schema(SCHEMA).parquet(output)
    counts = table.groupBy("status", "error.code").agg(
        column.count("*").alias("tracks"), column.sum("duration").alias("seconds")).orderBy("status", "code").collect()
    for line in counts:
        print(f"{line.status:<8}{line.tracks:>10} tracks  " + (line.code or f"{(line.seconds or 0) / 3600:.1f} hours"))


if __name__ == "__main__":
    main()
