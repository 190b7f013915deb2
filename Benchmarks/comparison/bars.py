"""What the engine is to reach, and whether it does."""

from dataclasses import dataclass
from typing import Callable

from contenders import DEFAULT_BACKEND, OURS, OURS_IN, SINGLE_PRECISION_PEERS
from rounds import ALL_LAYERS, COLD_START, FRONT_END, LAYER, PATCH, ROW
from preparation import PATCH_COUNT
from summary import difference, ratio

# The bars are for this model and this number of threads, and the engine's own choice of kernels.
PRESET, THREADS = "full-30s", 2


@dataclass(frozen=True)
class Bar:
    name: str
    unit: str
    bar: float
    aim: float
    # From the results to {"value", "lowest", "highest"} and perhaps "peer"; KeyError where it was not measured.
    measure: Callable
    # Whether more is better.
    at_least: bool = False
    # Whether it is for tiles (AMX): emulated ones are not judged.
    needs_tiles: bool = False

    def is_met(self, value, limit):
        return value >= limit if self.at_least else value <= limit


def against(peer, engine=OURS):
    return lambda results: ratio(results["times"][peer][PATCH], results["times"][engine][PATCH])


def against_fastest(peers):
    """Against the peer with the least median of those that were run."""
    def measure(results):
        found = [peer for peer in peers if peer in results["times"]]
        if not found:
            raise KeyError(f"none of {', '.join(peers)} was run")
        fastest = min(found, key=lambda peer: results["times"][peer][PATCH]["median"])
        return {**against(fastest)(results), "peer": fastest}
    return measure


def ours(work):
    return lambda results: results["times"][OURS][work]


def private_memory(engine=OURS):
    return lambda results: single(results["engines"][engine]["private_bytes"] / 1e6)


HIGH, FAST = OURS_IN["high"], OURS_IN["fast"]


BARS = (
    Bar("onnxruntime's time, of ours", "", 1.15, 1.5, against("onnxruntime"), at_least=True),
    Bar("the fastest single-precision peer's time, of ours", "", 1, 1.15, against_fastest(SINGLE_PRECISION_PEERS),
        at_least=True),
    Bar("Essentia's time with the -1.pb graph, of ours", "", 5, 7, against("essentia-v1"), at_least=True),
    Bar("Essentia's time with the -2.pb graph, of ours", "", 5, 7, against("essentia"), at_least=True),
    Bar("layer 7 alone, of the time of all layers", "", 0.62, 0.58,
        lambda results: ratio(ours(LAYER)(results), ours(ALL_LAYERS)(results))),
    Bar("cold start: a process that tags a file, less its patch", "s", 0.15, 0.05,
        lambda results: difference(ours(COLD_START)(results), ours(PATCH)(results))),
    Bar("private memory at peak", "MB", 450, 150, private_memory()),
    Bar("front end, 300 s of audio", "s", 0.10, 0.03, lambda results: spread(ours(FRONT_END)(results))),
    Bar(f"{PATCH_COUNT} patches in a row, of {PATCH_COUNT} times one", "", 1.0, 0.95,
        lambda results: ratio(ours(ROW)(results), ours(PATCH)(results), PATCH_COUNT)),
    Bar("onnxruntime's time, of ours in high precision", "", 2.2, 3.5, against("onnxruntime", HIGH),
        at_least=True, needs_tiles=True),
    Bar("Essentia's time with the -2.pb graph, of ours in high precision", "", 9, 14, against("essentia", HIGH),
        at_least=True, needs_tiles=True),
    Bar("private memory at peak in high precision", "MB", 450, 420, private_memory(HIGH), needs_tiles=True),
    Bar("OpenVINO's time in bf16, of ours in fast precision", "", 1.8, 2.8, against("openvino-bf16", FAST),
        at_least=True, needs_tiles=True),
    Bar("Essentia's time with the -2.pb graph, of ours in fast precision", "", 22, 40, against("essentia", FAST),
        at_least=True, needs_tiles=True),
    Bar("private memory at peak in fast precision", "MB", 260, 220, private_memory(FAST), needs_tiles=True),
)


def single(value):
    return {"value": value, "lowest": value, "highest": value}


def spread(times):
    return {"value": times["median"], "lowest": times["minimum"], "highest": max(times["seconds"])}


def judge(results):
    """One row a bar: its limits, what was measured (None where nothing was) and whether it is met."""
    settings = results["settings"]
    applies = (results["model"]["preset"] == PRESET and settings["threads"] == THREADS
               and settings["backend"] == DEFAULT_BACKEND and not results["machine"]["environment"])
    return [judged(bar, results, applies) for bar in BARS]


def judged(bar, results, applies):
    try:
        measured = bar.measure(results)
    except KeyError:
        measured = None
    row = {"name": bar.name, "unit": bar.unit, "bar": bar.bar, "aim": bar.aim, "at_least": bar.at_least,
           "measured": measured, "meets_bar": None, "meets_aim": None}
    if measured and applies and (results["machine"]["tiles"] or not bar.needs_tiles):
        row["meets_bar"] = bar.is_met(measured["value"], bar.bar)
        row["meets_aim"] = bar.is_met(measured["value"], bar.aim)
    return row
