"""What is said of our precisions other than single precision, and of the errors of tokens."""

from contenders import EXACT, OURS, OURS_IN, PACKED_PRECISIONS, PRECISION_OF
from rounds import PATCH
from summary import ratio

# What each of them is held against, where it was run.
RIVALS = (OURS, "onnxruntime", "onnxruntime-int8", "openvino-bf16", "openvino-int8", "essentia")


def relations(results):
    """{precision: {"engine", "rivals": {engine: ratio of its time to ours}}} of those that were run."""
    times = results["times"]
    return {
        precision: {"engine": name, "rivals": {
            rival: ratio(times[rival][PATCH], times[name][PATCH]) for rival in RIVALS if rival in times}}
        for name, precision in PRECISION_OF.items() if precision != EXACT and name in times}


def layers_error(engine):
    """The largest relative norm of the layers' errors, None where no layers were asked for."""
    return max((error["relative_norm"] for name, error in engine["errors"].items() if name.startswith("layer-")),
               default=None)


def instructions(engine):
    """The instructions of an engine of ours that packs its numbers, such as "avx2"; empty where it tells none."""
    return engine["facts"].get("Tiles", "").rpartition(", ")[2]


def remark(results):
    """A remark on the precisions that the CPU does not support; empty where it supports all of them."""
    missing = [name for name in PACKED_PRECISIONS if name not in results["machine"]["precisions"]]
    emulated = [name for name in missing if OURS_IN[name] in results["times"]]
    parts = []
    if emulated:
        parts.append(f"This CPU does not support {', '.join(emulated)}: the times are those of an emulation, not to be "
                     "quoted.")
    if absent := [name for name in missing if name not in emulated]:
        parts.append(f"No rows for {', '.join(absent)}: not supported by this CPU.")
    return " ".join(parts)
