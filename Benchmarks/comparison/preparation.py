"""Everything that a comparison needs, made where it is not there: the engine, environments, graphs, inputs, reference."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from contenders import CONTENDERS
from paths import BINARIES, CACHE, PEERS, ROOT, TOOLS, environment_python

PRODUCTS = ("maest-bench", "maest", "maest-convert")
# Seconds in a patch, by the name of make_graph.py's preset; the graphs are named after them.
PRESETS = {"full-30s": 30, "tiny": 5}
PATCH_COUNT = 8
# Chosen for machines that the libraries do not know; here each engine is to choose by itself.
TUNING_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


class PreparationError(Exception):
    pass


@dataclass
class Materials:
    """Where everything lies."""

    preset: str
    graphs: Path
    weights: Path
    patches: Path
    reference: Path
    # One patch and a little more; and 300 s for the front end.
    short_audio: Path
    long_audio: Path

    @property
    def graph_stem(self):
        return self.graphs / f"discogs-maest-{PRESETS[self.preset]}s-random"

    def graph(self, ending):
        """A graph's path by the end of its name, such as "-2.onnx"."""
        return self.graph_stem.with_name(self.graph_stem.name + ending)

    def facts(self):
        passport = json.loads(self.graph("-passport.json").read_text(encoding="utf-8"))
        return {"preset": self.preset, **{name: passport[name] for name in ("form", "seed", "shape", "sha256")}}


def prepare(arguments):
    """Everything but the engine itself, which is built before."""
    run([PEERS / "setup", "engines", *(["torch"] if "torch" in arguments.peers else [])])
    if any(CONTENDERS[name].environment == "essentia" for name in arguments.peers):
        reference_python("essentia")
    graphs = arguments.graphs.resolve() if arguments.graphs else make_graphs(arguments.preset)
    folder = CACHE / arguments.preset
    materials = Materials(
        arguments.preset, graphs, folder / "weights.safetensors", folder / "patches.npy", folder,
        folder / "short.wav", CACHE / "long.wav")
    require_graphs(materials, arguments.peers)
    make_inputs(materials)
    materials.reference = make_reference(materials)
    return materials


def build():
    """The engine in release mode; installs missing system packages, as Tools/test does."""
    for product in PRODUCTS:
        report(f"building {product}")
        run(["bash", "-c", 'source Tools/lib-setup.sh && swift build "${build_flags[@]}" --package-path Benchmarks '
             f"--product {product}"], cwd=ROOT)


def has_tiles():
    """Whether the engine finds tiles (AMX) here, which high and fast precision take."""
    command = [BINARIES / "maest-bench", "facts", "--json"]
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["facts"]["Tiles"] == "AMX"
    except (subprocess.CalledProcessError, OSError, ValueError, KeyError) as error:
        reason = getattr(error, "stderr", None) or error
        raise PreparationError(f"{command[0]} does not tell what it finds here: {reason}") from error


def reference_python(name):
    """The Python of an environment of Tools/reference, which is made where it is missing."""
    python = environment_python(name)
    module = {"graphs": "onnx_tf", "essentia": "essentia"}[name]
    found = python.exists() and subprocess.run(
        [python, "-c", f"import importlib.util as u; raise SystemExit(u.find_spec('{module}') is None)"],
        check=False).returncode == 0
    if not found:
        report(f"making the environment '{name}' of Tools/reference")
        run([TOOLS / "setup", name])
    return python


def make_graphs(preset):
    folder = CACHE / preset / "graphs"
    # The passport is written last.
    if not list(folder.glob("*-passport.json")):
        python = reference_python("graphs")
        report("making graphs with seeded weights, a few minutes at full size")
        run([python, TOOLS / "make_graph.py", "--preset", preset, "--styles", "v1,v2,onnx", "--out", folder])
    return folder


def require_graphs(materials, peers):
    needed = {"-passport.json", "-2.onnx", *(CONTENDERS[name].graph for name in peers if CONTENDERS[name].graph)}
    for ending in sorted(needed):
        if not materials.graph(ending).is_file():
            raise PreparationError(f"{materials.graph(ending)} is missing: make it with make_graph.py "
                                   f"--preset {materials.preset} --styles v1,v2,onnx --out {materials.graphs}")


def make_inputs(materials):
    """Weights, audio and patches; made anew each time, since they may change with the engine."""
    report("converting weights, making audio and patches")
    seconds = PRESETS[materials.preset]
    materials.weights.parent.mkdir(parents=True, exist_ok=True)
    run([BINARIES / "maest-convert", materials.graph("-2.onnx"), "-o", materials.weights, "--no-verify", "--quiet"])
    for path, length in ((materials.short_audio, seconds + 5), (materials.long_audio, 300)):
        run([environment_python("engines"), TOOLS / "make_audio.py", "--seconds", str(length), "--out", path])
    run([BINARIES / "maest-bench", "cut", materials.long_audio, "--model", materials.weights,
         "--count", str(PATCH_COUNT), "-o", materials.patches])


def make_reference(materials):
    """Outputs of the first patch in double precision; kept for the graph and the patches that they are of."""
    digest = hashlib.sha256()
    for path in (materials.graph("-2.onnx"), materials.patches, PEERS / "make_reference.py"):
        digest.update(path.read_bytes())
    folder = CACHE / materials.preset / f"reference-{digest.hexdigest()[:16]}"
    if not folder.is_dir():
        for old in folder.parent.glob("reference-*"):
            shutil.rmtree(old)
        report("running the model in double precision, for the errors")
        unfinished = folder.with_name("unfinished")
        run([environment_python("engines"), PEERS / "make_reference.py", "--model", materials.graph("-2.onnx"),
             "--patches", materials.patches, "--out", unfinished])
        unfinished.rename(folder)
    return folder


def environment():
    """The environment of every process that is run here."""
    return {name: value for name, value in os.environ.items() if name not in TUNING_VARIABLES}


def engine_environment():
    """The environment of every engine: what one keeps for the next time, such as packed weights, is kept here too."""
    return {**environment(), "XDG_CACHE_HOME": str(CACHE / "user")}


def run(command, cwd=None):
    """Runs a command, its output on standard error."""
    try:
        subprocess.run([str(part) for part in command], cwd=cwd, env=environment(), stdout=sys.stderr, check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise PreparationError(f"failed: {' '.join(str(part) for part in command)}: {error}") from error


def report(step):
    print(f"compare: {step}", file=sys.stderr, flush=True)
