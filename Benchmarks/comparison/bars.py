"""What the engine is to reach, and whether it does."""

from dataclasses import dataclass
from typing import Callable

from contenders import DEFAULT_BACKEND, OPENVINO_MODES, OURS, OURS_IN, SINGLE_PRECISION_PEERS
from precisions import instructions, layers_error
from presets import PATCH_COUNT, PRESETS
from rounds import ALL_LAYERS, COLD_START, FRONT_END, LAYER, LIBRARY, PATCH, ROW, row
from summary import difference, ratio, slowest_of_fastest

# The bars are for this number of threads, and the engine's own choice of kernels; most are for one model.
FULL_30S, THREADS = "full-30s", 2


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
    # What it is for: emulated precisions are not judged.
    precision: str = "exact"
    # The precision's instructions that it is for, which MAEST_CPU may force; None: any that maest chooses.
    instructions: str | None = None
    least_rounds: int = 1
    presets: tuple = (FULL_30S,)

    def is_met(self, value, limit):
        return value >= limit if self.at_least else value <= limit


def against(peer, engine=OURS, work=PATCH):
    return lambda results: ratio(results["times"][peer][work], results["times"][engine][work])


def against_fastest(peers, work=PATCH):
    """Against the peer with the least median of those that were run."""
    def measure(results):
        found = [peer for peer in peers if peer in results["times"]]
        if not found:
            raise KeyError(f"none of {', '.join(peers)} was run")
        fastest = min(found, key=lambda peer: results["times"][peer][work]["median"])
        return {**against(fastest, work=work)(results), "peer": fastest}
    return measure


def row_against_better(modes):
    """The same for the preset's patches in a row and modes of one peer, all of which must have been run."""
    def measure(results):
        if missing := [mode for mode in modes if mode not in results["times"]]:
            raise KeyError(f"{', '.join(missing)} was not run")
        return against_fastest(modes, row(PRESETS[results["model"]["preset"]].row_count))(results)
    return measure


def tokens_error(engine, peer):
    """Of the peer's: the larger of the layers' relative errors."""
    def measure(results):
        errors = [layers_error(results["engines"][name]) for name in (engine, peer)]
        if None in errors:
            raise KeyError(f"no layers of {engine} or {peer}")
        return single(errors[0] / errors[1])
    return measure


def ours(work):
    return lambda results: results["times"][OURS][work]


def private_memory(engine=OURS):
    return lambda results: single(results["engines"][engine]["private_bytes"] / 1e6)


HIGH, BF16, INT16 = OURS_IN["high"], OURS_IN["bf16"], OURS_IN["int16"]
ROW_PRESETS = tuple(name for name, preset in PRESETS.items() if preset.row_count)
LIBRARY_PRESETS = tuple(name for name, preset in PRESETS.items() if preset.tracks)

EXACT_BARS = (
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
    Bar("patches in a row: the time of OpenVINO's better mode, of ours", "", 1.08, 1.15,
        row_against_better(OPENVINO_MODES), at_least=True, presets=ROW_PRESETS),
    Bar("a small library: the slowest run, of the fastest", "", 1.05, 1.02,
        lambda results: slowest_of_fastest(ours(LIBRARY)(results)), least_rounds=8,
        presets=LIBRARY_PRESETS),
)
TILE_BARS = (
    Bar("onnxruntime's time, of ours in high precision", "", 2.2, 3.5, against("onnxruntime", HIGH),
        at_least=True, precision="high"),
    Bar("Essentia's time with the -2.pb graph, of ours in high precision", "", 9, 14, against("essentia", HIGH),
        at_least=True, precision="high"),
    Bar("private memory at peak in high precision", "MB", 450, 420, private_memory(HIGH), precision="high"),
    Bar("OpenVINO's time in bf16, of ours in bf16", "", 1.8, 2.8, against("openvino-bf16", BF16),
        at_least=True, precision="bf16"),
    Bar("Essentia's time with the -2.pb graph, of ours in bf16", "", 22, 40, against("essentia", BF16),
        at_least=True, precision="bf16"),
    Bar("private memory at peak in bf16", "MB", 260, 220, private_memory(BF16), precision="bf16"),
)
INT16_BARS = (
    Bar("exact's time, of int16 with AVX-512 VNNI", "", 1.65, 2.0, against(OURS, INT16), at_least=True,
        precision="int16", instructions="avx512-vnni"),
    Bar("exact's time, of int16 with AVX2 alone", "", 1.15, 1.3, against(OURS, INT16), at_least=True,
        precision="int16", instructions="avx2"),
    Bar("onnxruntime's time, of ours in int16", "", 2.2, 2.7, against("onnxruntime", INT16), at_least=True,
        precision="int16"),
    Bar("onnxruntime's time in dynamic int8, of ours in int16", "", 1.25, 1.5, against("onnxruntime-int8", INT16),
        at_least=True, precision="int16"),
    Bar("tokens' error in int16, of onnxruntime's in dynamic int8", "", 1 / 20, 1 / 50,
        tokens_error(INT16, "onnxruntime-int8"), precision="int16"),
    Bar("private memory at peak in int16", "MB", 260, 60, private_memory(INT16), precision="int16"),
)
BARS = (*EXACT_BARS, *TILE_BARS, *INT16_BARS)


def single(value):
    return {"value": value, "lowest": value, "highest": value}


def spread(times):
    return {"value": times["median"], "lowest": times["minimum"], "highest": max(times["seconds"])}


def judge(results):
    """One row for each bar of the preset, or of the full 30 s model where the preset has none: its limits, what was
    measured (None where nothing was) and whether it is met."""
    preset = results["model"]["preset"]
    bars = [bar for bar in BARS if preset in bar.presets] or [bar for bar in BARS if FULL_30S in bar.presets]
    return [judged(bar, results) for bar in bars]


def judged(bar, results):
    measured = None
    if bar.instructions in (None, used_instructions(bar, results)):
        try:
            measured = bar.measure(results)
        except KeyError:
            pass
    row = {"name": bar.name, "unit": bar.unit, "bar": bar.bar, "aim": bar.aim, "at_least": bar.at_least,
           "measured": measured, "meets_bar": None, "meets_aim": None}
    if measured and applies(bar, results):
        row["meets_bar"] = bar.is_met(measured["value"], bar.bar)
        row["meets_aim"] = bar.is_met(measured["value"], bar.aim)
    return row


def used_instructions(bar, results):
    engine = results["engines"].get(OURS_IN[bar.precision])
    return instructions(engine) if engine else None


def applies(bar, results):
    """Whether the bar is for this model, these threads, rounds and kernels."""
    settings, machine = results["settings"], results["machine"]
    return (results["model"]["preset"] in bar.presets and settings["threads"] == THREADS
            and settings["rounds"] >= bar.least_rounds
            and settings["backend"] == DEFAULT_BACKEND and bar.precision in machine["precisions"]
            and (bar.instructions is not None or not machine["environment"]))
