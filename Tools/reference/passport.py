"""A passport says where a file came from: versions, checksums, the command."""

import hashlib
import json
import platform
import shlex
import sys
from importlib.metadata import version
from pathlib import Path


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def tool_versions(packages):
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def command_line():
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def write_passport(path, contents):
    path.write_text(json.dumps(contents, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
