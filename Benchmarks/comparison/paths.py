"""Where things are in the repository."""

from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1]
ROOT = BENCHMARKS.parent
TOOLS = ROOT / "Tools/reference"
PEERS = BENCHMARKS / "Peers"
# Made here, and ignored by git.
CACHE = BENCHMARKS / ".cache"
BINARIES = BENCHMARKS / ".build/release"


def environment_python(name):
    """The Python of one of the peers' environments."""
    folder = TOOLS if name in ("essentia", "graphs") else PEERS
    return folder / f".venv-{name}/bin/python"
