"""Made-up results, for the tests."""

import copy

from bars import judge
from contenders import OURS
from precisions import relations
from report import markdown
from summary import summary

FAST, SLOW = [1.0, 2.0, 1.0], [3.0, 4.0, 2.5]
ENGINE = {"engine": "any", "facts": {}, "start": summary([0.5]), "first_patch": summary([1.5]),
          "peak_bytes": 400_000_000, "private_bytes": 50_000_000, "errors": {
              "logits": {"largest": 3e-6, "relative_norm": 7e-7}, "layer-7": {"largest": 9e-6, "relative_norm": 5e-7}}}
RESULTS = {
    "date": "2026-01-31",
    "machine": {"cpu": "Some CPU", "cpu_model": "6 1 1", "flags": ["fma"], "cores": 2, "memory_bytes": 2**33,
                "system": "Linux", "swift": "Swift", "commit": "abc", "environment": {}, "precisions": ["exact"]},
    "model": {"preset": "full-30s", "shape": {"tokens": 1685, "width": 768, "blocks": 12}},
    "settings": {"rounds": 3, "threads": 2, "backend": "automatic", "precisions": ["exact"],
                 "allow_emulation": False, "peers": ["onnxruntime"], "quick": False},
    "engines": {"maest-exact": ENGINE, "onnxruntime": ENGINE},
    "times": {
        "maest-exact": {"patch": summary(FAST), "layer 7": summary([0.7, 0.7, 0.7]),
                  "all layers": summary([1.1, 1.1, 1.1]), "cold start": summary([1.1, 2.4, 1.1]),
                        "front end": summary([0.02, 0.03, 0.04])},
        "onnxruntime": {"patch": summary(SLOW)},
    },
}


def with_tiles(tiles=True):
    """The results of a machine with tiles, or of one that emulates them: high takes half
    of the time of single precision, bf16 a tenth."""
    results = copy.deepcopy(RESULTS)
    results["machine"]["precisions"] = ["exact", "high", "bf16"] if tiles else ["exact"]
    results["settings"] |= {"precisions": ["exact", "high", "bf16"], "allow_emulation": not tiles}
    for name, private_bytes, seconds in (("maest-high", 430_000_000, 0.5), ("maest-bf16", 270_000_000, 0.1)):
        results["engines"][name] = {**ENGINE, "private_bytes": private_bytes, "errors": {
            "logits": {"largest": 2e-4, "relative_norm": 1e-5}, "layer-7": {"largest": 9e-4, "relative_norm": 3e-5}}}
        results["times"][name] = {"patch": summary([seconds, 1.5 * seconds, seconds])}
    for name, seconds in (("openvino-bf16", 0.2), ("essentia", 10.0)):
        results["engines"][name] = ENGINE
        results["times"][name] = {"patch": summary([seconds, seconds, seconds])}
    return results


def with_int16(instructions="avx512-vnni", native=True):
    """The results of a machine that supports int16, or emulates it: it takes 0.6 of the time of single precision."""
    results = copy.deepcopy(RESULTS)
    results["machine"]["precisions"] = ["exact", "int16"] if native else ["exact"]
    results["engines"]["maest-int16"] = {
        **ENGINE, "facts": {"Tiles": f"int16 precision, {instructions}"}, "errors": {
            "layer-7": {"largest": 9e-3, "relative_norm": 3e-4}, "layer-12": {"largest": 9e-3, "relative_norm": 6e-4}}}
    results["engines"]["onnxruntime-int8"] = {**ENGINE, "errors": {
        "layer-12": {"largest": 0.4, "relative_norm": 2.4e-2}, "logits": {"largest": 0.07, "relative_norm": 1e-2}}}
    results["times"]["maest-int16"] = {"patch": summary([0.6, 1.2, 0.6])}
    results["times"]["onnxruntime-int8"] = {"patch": summary([0.7, 1.4, 0.7])}
    return results


def of_row(**peers):
    """The results of 40 patches in a row, which ours takes 10 s for."""
    results = copy.deepcopy(RESULTS)
    results["model"]["preset"] = "full-5s"
    for name, seconds in {"maest_exact": 10.0, **peers}.items():
        name = name.replace("_", "-")
        results["engines"][name] = ENGINE
        results["times"][name] = {"patch": summary(FAST), "40 patches": summary([seconds] * 3)}
    results["engines"].pop("onnxruntime"), results["times"].pop("onnxruntime")
    return results


def of_library(seconds):
    results = copy.deepcopy(RESULTS)
    results["model"]["preset"] = "small-library"
    results["settings"]["rounds"] = len(seconds)
    results["engines"], results["times"] = {OURS: ENGINE}, {
        OURS: {"patch": summary([1.0] * len(seconds)), "library": summary(seconds)}}
    return results


def report_of(results):
    return markdown({**results, "precisions": relations(results), "bars": judge(results)})
