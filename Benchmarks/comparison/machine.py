"""Facts about the machine and the sources that numbers are from."""

import os
import platform
import subprocess
from pathlib import Path

from paths import ROOT

# The processor's features that the engines choose their kernels by.
FLAGS = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8",
         "asimd", "sve")
# What changes the choice of kernels, if it is set.
VARIABLES = ("MAEST_CPU",)


def machine_facts():
    processor = processor_facts()
    return {
        "cpu": processor.get("model name", platform.processor() or platform.machine()),
        "cpu_model": " ".join(processor[name] for name in ("cpu family", "model", "stepping") if name in processor),
        "flags": [flag for flag in FLAGS if flag in processor.get("flags", processor.get("Features", "")).split()],
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
        "swift": first_line("swift", "--version"),
        "commit": commit(),
        "environment": {name: os.environ[name] for name in VARIABLES if name in os.environ},
    }


def processor_facts():
    """The first processor's entry in /proc/cpuinfo."""
    first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def commit():
    """The checked-out commit, with a + where tracked files have changed."""
    name = first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    changed = first_line("git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no")
    return f"{name}+" if changed else name


def first_line(*command):
    """The first line that a command prints; empty where it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0]
