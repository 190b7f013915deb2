"""What is said of our precisions other than single precision, which tiles (AMX) work out."""

from contenders import EXACT, OURS, OURS_IN, PRECISION_OF, TILE_PRECISIONS
from rounds import PATCH
from summary import ratio

# What each of them is held against, where it was run.
RIVALS = (OURS, "onnxruntime", "openvino-bf16", "essentia")


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


def remark(results):
    """What the times of high and fast are worth on this machine; empty where nothing is to be said."""
    names = " and ".join(TILE_PRECISIONS)
    if results["machine"]["tiles"]:
        return ""
    if results["settings"]["allow_emulation"] and any(OURS_IN[name] in results["times"] for name in TILE_PRECISIONS):
        return f"Emulated, as maest finds no tiles (AMX) on this machine: times of {names} are not to be quoted."
    return f"No rows for {names}: maest finds no tiles (AMX) on this machine."
