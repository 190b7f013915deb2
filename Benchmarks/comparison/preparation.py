"""Everything that a comparison needs, made where it is not there: the engine, environments, graphs, inputs, reference."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from contenders import CONTENDERS
from paths import BINARIES, CACHE, PEERS, ROOT, TOOLS, environment_python
from presets import PATCH_COUNT, PRESETS

PRODUCTS = ("maest-bench", "maest", "maest-convert")
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
    # By peer.
    quantized_models: dict = field(default_factory=dict)

    @property
    def graph_stem(self):
        return self.graphs / f"discogs-maest-{PRESETS[self.preset].seconds}s-random"

    @property
    def library(self):
        """The folder with the tracks of a library."""
        return self.weights.parent / "library"

    def model(self, peer):
        """The file that a peer loads."""
        if peer in self.quantized_models:
            return self.quantized_models[peer]
        ending = CONTENDERS[peer].graph
        return self.graph(ending) if ending else self.weights

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
    preset = PRESETS[arguments.preset]
    folder = CACHE / preset.folder
    graphs = arguments.graphs.resolve() if arguments.graphs else make_graphs(preset, folder / "graphs")
    materials = Materials(
        arguments.preset, graphs, folder / "weights.safetensors", folder / "patches.npy", folder,
        folder / "short.wav", CACHE / "long.wav")
    require_graphs(materials, arguments.peers)
    make_inputs(materials)
    make_library(materials)
    materials.reference = make_reference(materials)
    for name in arguments.peers:
        if CONTENDERS[name].quantizer:
            materials.quantized_models[name] = make_quantized_model(name, materials)
    return materials


def build():
    """The engine in release mode; installs missing system packages, as Tools/test does."""
    for product in PRODUCTS:
        report(f"building {product}")
        run(["bash", "-c", 'source Tools/lib-setup.sh && swift build "${build_flags[@]}" --package-path Benchmarks '
             f"--product {product}"], cwd=ROOT)


def native_precisions():
    """The precisions that the engine supports here without emulation."""
    command = [BINARIES / "maest-bench", "facts", "--json"]
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["facts"]["Precisions"].split(", ")
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


def make_graphs(preset, folder):
    # The passport is written last.
    if not list(folder.glob("*-passport.json")):
        python = reference_python("graphs")
        report("making graphs with seeded weights, a few minutes at full size")
        run([python, TOOLS / "make_graph.py", *preset.sizes, "--styles", "v1,v2,onnx", "--out", folder])
    return folder


def require_graphs(materials, peers):
    needed = {"-passport.json", "-2.onnx", *(CONTENDERS[name].graph for name in peers if CONTENDERS[name].graph)}
    for ending in sorted(needed):
        if not materials.graph(ending).is_file():
            raise PreparationError(f"{materials.graph(ending)} is missing: make it with make_graph.py "
                                   f"{' '.join(PRESETS[materials.preset].sizes)} --styles v1,v2,onnx "
                                   f"--out {materials.graphs}")


def make_inputs(materials):
    """Weights, audio and patches; made anew each time, since they may change with the engine."""
    report("converting weights, making audio and patches")
    seconds = PRESETS[materials.preset].seconds
    materials.weights.parent.mkdir(parents=True, exist_ok=True)
    run([BINARIES / "maest-convert", materials.graph("-2.onnx"), "-o", materials.weights, "--no-verify", "--quiet"])
    for path, length in ((materials.short_audio, seconds + 5), (materials.long_audio, 300)):
        make_audio(path, length)
    run([BINARIES / "maest-bench", "cut", materials.long_audio, "--model", materials.weights,
         "--count", str(PATCH_COUNT), "-o", materials.patches])


def make_audio(path, seconds, seed=1):
    run([environment_python("engines"), TOOLS / "make_audio.py", "--seconds", seconds, "--seed", seed, "--out", path])


def make_library(materials):
    """The tracks of a library, each a few seconds longer than its patches; none where the preset has none."""
    preset = PRESETS[materials.preset]
    materials.library.mkdir(exist_ok=True)
    for number in range(1, preset.tracks + 1):
        make_audio(materials.library / f"track-{number}.wav", preset.patches_per_track * preset.seconds + 5, number)


def make_reference(materials):
    """Outputs of the first patch in double precision."""
    def make(folder):
        report("running the model in double precision, for the errors")
        run([environment_python("engines"), PEERS / "make_reference.py", "--model", materials.graph("-2.onnx"),
             "--patches", materials.patches, "--out", folder])

    return kept("reference", materials, [PEERS / "make_reference.py"], make)


def make_quantized_model(name, materials):
    """The model of a peer that runs a quantized one."""
    peer = CONTENDERS[name]

    def make(folder):
        report(f"quantizing the model of {name}")
        run([environment_python(peer.environment), PEERS / peer.quantizer, "--model", materials.graph(peer.graph),
             "--patches", materials.patches, "--out", folder / peer.quantized_model])

    sources = [PEERS / peer.quantizer, PEERS / f"requirements-{peer.environment}.txt"]
    return kept(name, materials, sources, make) / peer.quantized_model


def kept(name, materials, sources, make):
    """The folder that `make` fills once, and again only when the graph, the patches or the sources have changed."""
    digest = hashlib.sha256()
    for path in (materials.graph("-2.onnx"), materials.patches, *sources):
        digest.update(path.read_bytes())
    folder = materials.weights.parent / f"{name}-{digest.hexdigest()[:16]}"
    if not folder.is_dir():
        unfinished = folder.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        make(unfinished)
        for old in folder.parent.glob(f"{name}-{'?' * 16}"):
            shutil.rmtree(old)
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
