"""Records of `maest annotate` from JSON lines and Parquet in one form, to compare them. Parquet through DuckDB."""

import json

import numpy


def flat(values):
    """All numbers of nested lists in single precision, in order."""
    return numpy.asarray(values, numpy.float32).ravel().tolist()


def normal(record):
    """A record of JSON as the Parquet table has it: numbers in single precision, embeddings row by row."""
    made = {name: value for name, value in record.items() if value is not None}
    if "tags" in made:
        made["tags"] = [(tag["label"], *flat([tag["activation"]])) for tag in made["tags"]]
    if "patches" in made:
        made["patches"] = [(float(patch["start"]), float(patch["end"])) for patch in made["patches"]]
    if "embeddings" in made:
        made["embeddings"] = {name: (list(one["shape"]), flat(one["values"]))
                              for name, one in made["embeddings"].items()}
    if "curve" in made:
        made["curve"] = (made["curve"]["labels"], [flat(line) for line in made["curve"]["activations"]])
    return made


def from_lines(path):
    """{path: record}; each path may be there once only."""
    return by_path(json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)


def from_parquet(files):
    """{path: record}; `files` is a path, perhaps with * in it."""
    import duckdb

    result = duckdb.sql(f"FROM read_parquet('{files}')")
    names = result.columns
    return by_path(dict(zip(names, row, strict=True)) for row in result.fetchall())


def by_path(records):
    made = {}
    for record in records:
        if record["path"] in made:
            raise SystemExit(f"WRONG: two records of {record['path']!r}")
        made[record["path"]] = normal(record)
    return made


def difference(found, expected):
    """A line about the first thing in which two {path: record} differ; None where they are the same."""
    for name, more, less in (("unexpected", found, expected), ("missing", expected, found)):
        paths = sorted(more.keys() - less.keys())
        if paths:
            return f"{len(paths)} {name} records, such as {paths[0]!r}"
    different = [path for path in expected if found[path] != expected[path]]
    if not different:
        return None
    path = different[0]
    fields = [name for name in found[path].keys() | expected[path].keys()
              if found[path].get(name) != expected[path].get(name)]
    name = sorted(fields)[0]
    return (f"{len(different)} records differ, such as {path!r} in {', '.join(sorted(fields))}: "
            f"{found[path].get(name)!r:.120}, expected {expected[path].get(name)!r:.120}")
