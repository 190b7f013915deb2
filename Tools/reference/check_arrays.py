"""Reads what `maest embed`, `tokens` and `attention` write with NumPy, safetensors and json, and compares it.

    check_arrays.py                                   the release build, the bundled demo graph and a test clip
    check_arrays.py --maest maest --model model.safetensors track.flac

Every format must hold the same arrays and metadata, and poolings must be what NumPy makes of the tokens.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy
import safetensors.numpy
from safetensors import safe_open

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = None


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="?", default=ROOT / "Tests/Fixtures/audio/mono-16k.wav", type=Path)
    parser.add_argument("--maest", default=ROOT / ".build/release/maest", help="the program")
    parser.add_argument(
        "--model", default=ROOT / "Tests/Fixtures/graphs/discogs-maest-5s-tiny-2.pb", help="weight file or graph")
    return parser.parse_args()


def read(path):
    """(arrays by name, metadata) of a file in any of the formats that have names."""
    if path.suffix == ".npz":
        with numpy.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return arrays, json.loads(arrays.pop("metadata").item())
    if path.suffix == ".safetensors":
        with safe_open(path, framework="np") as file:
            return safetensors.numpy.load_file(path), json.loads(file.metadata()["metadata"])
    contents = json.loads(path.read_text())
    arrays = {}
    for name, stored in contents["arrays"].items():
        arrays[name] = numpy.array(stored["values"], dtype=stored["dtype"])
        assert list(arrays[name].shape) == stored["shape"], name
    return arrays, contents["metadata"]


def l2(vectors):
    norms = numpy.linalg.norm(vectors.astype(numpy.float64), axis=-1, keepdims=True)
    return vectors / numpy.where(norms == 0, 1, norms)


class ArrayTests(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def maest(self, command, *arguments):
        line = [OPTIONS.maest, command, OPTIONS.audio, "--model", OPTIONS.model, *arguments]
        return subprocess.run(
            [str(word) for word in line], check=True, capture_output=True, text=True).stdout

    def write(self, command, name, *arguments):
        path = self.folder / name
        self.maest(command, *arguments, "-o", path)
        return read(path)

    def assert_same(self, found, expected):
        self.assertEqual(list(found), list(expected))
        for name in expected:
            self.assertEqual(found[name].dtype, expected[name].dtype, name)
            self.assertTrue(numpy.array_equal(found[name], expected[name], equal_nan=True), name)

    def check_formats(self, command, *arguments):
        """The arrays, the same in every format."""
        arrays, metadata = self.write(command, "x.npz", *arguments)
        self.assertEqual(set(arrays), set(metadata["arrays"]))
        for name, array in arrays.items():
            entry = metadata["arrays"][name]
            self.assertEqual(list(array.shape), entry["shape"], name)
            self.assertEqual(str(array.dtype), entry["dtype"], name)
            self.assertEqual(len(entry["axes"]), array.ndim, name)
            if entry["axes"][0] == "patch":
                self.assertEqual(len(array), len(metadata["patches"]), name)
        for suffix in ("safetensors", "json"):
            found, facts = self.write(command, f"x.{suffix}", *arguments)
            self.assert_same({name: found[name] for name in arrays}, arrays)
            self.assertEqual(len(found), len(arrays))
            self.assertEqual(facts, metadata)
        return arrays

    def test_zip_file(self):
        self.write("embed", "x.npz", "--layer", "1-3")
        with zipfile.ZipFile(self.folder / "x.npz") as file:
            self.assertIsNone(file.testzip())
            for entry in file.infolist():
                self.assertEqual(entry.date_time, (1980, 1, 1, 0, 0, 0))
                self.assertEqual(entry.compress_type, zipfile.ZIP_STORED)
                self.assertEqual(entry.external_attr >> 16, 0o100644)

    def test_one_array(self):
        arrays = self.check_formats("tokens", "--layers", "2")
        self.maest("tokens", "--layers", "2", "-o", self.folder / "x.npy")
        self.assert_same({"layer02.blockOutput": numpy.load(self.folder / "x.npy")}, arrays)

    def test_poolings(self):
        poolings = ("cls-dist-mean", "mean3", "cls-dist", "cls", "dist", "mean", "tokens", "clsdist-final")
        options = [word for pooling in poolings for word in ("--pooling", pooling)]
        arrays = self.check_formats("embed", "--layer", "1,2", *options)
        tokens, _ = self.write(
            "tokens", "tokens.npz", "--layers", "1-2", "--point", "blockOutput", "--point", "finalNorm")
        for layer in ("layer01.blockOutput", "layer02.blockOutput", "finalNorm"):
            for name, expected in self.pooled(tokens[layer].astype(numpy.float64)).items():
                if layer == "finalNorm" and name != "cls-dist":
                    continue
                found = arrays[f"{layer}.{name}"]
                numpy.testing.assert_allclose(found, expected.astype(numpy.float32), rtol=2e-7, atol=0)

    @staticmethod
    def pooled(tokens):
        cls, dist, grid = tokens[:, 0], tokens[:, 1], tokens[:, 2:].mean(axis=1)
        return {
            "cls-dist-mean": numpy.concatenate([cls, dist, grid], axis=1),
            "mean3": (cls + dist + grid) / 3,
            "cls-dist": (cls + dist) / 2,
            "cls": cls,
            "dist": dist,
            "mean": tokens.mean(axis=1),
            "tokens": tokens,
        }

    def test_norm_and_mean_over_patches(self):
        plain, _ = self.write("embed", "x.npz")
        (vectors,) = plain.values()
        for options, name, expected in (
            (["--l2"], "l2", l2(vectors)),
            (["--over-windows", "mean"], "patch-mean", vectors.astype(numpy.float64).mean(axis=0)),
            (["--over-windows", "mean", "--l2"], "patch-mean.l2", l2(vectors.astype(numpy.float64).mean(axis=0))),
        ):
            arrays = self.check_formats("embed", *options)
            found = arrays[f"layer07.blockOutput.cls-dist-mean.{name}"]
            numpy.testing.assert_allclose(found, expected, rtol=3e-7, atol=1e-9)

    def test_half_precision(self):
        single, _ = self.write("tokens", "x.npz", "--layers", "1")
        half = self.check_formats("tokens", "--layers", "1", "--dtype", "float16")
        self.assert_same(half, {name: array.astype(numpy.float16) for name, array in single.items()})

    def test_points_and_tags(self):
        points = ("blockOutput", "attentionOutput", "queries", "keys", "values", "finalNorm")
        options = [word for point in points for word in ("--point", point)]
        arrays = self.check_formats("tokens", "--layers", "1", *options, "--tags")
        logits = arrays["logits"].astype(numpy.float64)
        numpy.testing.assert_allclose(arrays["activations"], 1 / (1 + numpy.exp(-logits)), atol=1e-6)

    def test_attention(self):
        arrays = self.check_formats("attention", "--layers", "2")
        weights = arrays["layer02.attentionWeights.cls-dist"]
        numpy.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)
        tokens, _ = self.write(
            "tokens", "qk.npz", "--layers", "2", "--point", "queries", "--point", "keys")
        queries, keys = (tokens[f"layer02.{point}"].astype(numpy.float64) for point in ("queries", "keys"))
        scores = numpy.einsum("pqhw,pthw->phqt", queries[:, :2], keys) / numpy.sqrt(queries.shape[-1])
        powers = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        numpy.testing.assert_allclose(weights, powers / powers.sum(axis=-1, keepdims=True), rtol=2e-4, atol=1e-7)
        mean = self.check_formats("attention", "--layers", "2", "--heads", "mean")
        numpy.testing.assert_allclose(
            mean["layer02.attentionWeights.cls-dist.head-mean"], weights.mean(axis=1), rtol=1e-5, atol=1e-9)

    def test_standard_output(self):
        path = self.folder / "x.json"
        self.maest("embed", "-o", path)
        self.assertEqual(self.maest("embed"), path.read_text())


if __name__ == "__main__":
    OPTIONS = parse_arguments()
    unittest.main(argv=sys.argv[:1])
