"""Writes files of arrays with NumPy and safetensors, for the tests of `ArrayFile`.

    make_array_fixtures.py Tests/Fixtures/arrays
"""

import argparse
import io
from pathlib import Path

import numpy
import safetensors.numpy
from numpy.lib import format as numpy_format

INTEGERS = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")


def numbers(order):
    """An array of each type in a byte order, its extremes among the elements."""
    arrays = {"b1": numpy.array([[True, False, True]])}
    for name in INTEGERS:
        limits = numpy.iinfo(name)
        arrays[name] = numpy.array([[limits.min, 0, 1], [77, limits.max - 1, limits.max]], dtype=order + name)
    for name in ("f2", "f4", "f8"):
        limits = numpy.finfo(name)
        values = [[0.1, -1.5, limits.max], [limits.smallest_subnormal, -numpy.inf, numpy.nan]]
        arrays[name] = numpy.array(values, dtype=order + name)
    return arrays


class Pipe(io.BytesIO):
    """Cannot go back, so that checksums follow the contents."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    numpy.savez(folder / "little-endian.npz", **numbers("<"))
    numpy.savez(folder / "big-endian.npz", **numbers(">"))
    cube = numpy.arange(24, dtype="<f4").reshape(2, 3, 4)
    numpy.save(folder / "c-order.npy", cube)
    numpy.save(folder / "fortran-order.npy", numpy.asfortranarray(cube))
    for version in ((2, 0), (3, 0)):
        with open(folder / f"version-{version[0]}.npy", "wb") as file:
            numpy_format.write_array(file, cube, version=version)
    numpy.savez(
        folder / "mixed.npz", number=numpy.float32(2.5), nothing=numpy.zeros((0, 3), "<f4"),
        metadata=numpy.array('{"model": "ü", "layers": [7]}'), text=numpy.array(["a", "bc"]),
        complex=numpy.array([1j]), fields=numpy.array([(1, 2.0)], dtype=[("a", "<i4"), ("b]", "<f8")]))
    numpy.savez_compressed(folder / "compressed.npz", x=cube)
    pipe = Pipe()
    numpy.savez(pipe, x=cube, y=cube[0])
    (folder / "piped.npz").write_bytes(pipe.getvalue())
    tensors = {
        "half": numpy.array([[0.1, -2], [65504, 6e-8]], "<f2"),
        "single": numpy.array(0.1, "<f4"),
        "long": numpy.array([[-(2**53), 3]], "<i8"),
        "flag": numpy.array([True, False, True]),
    }
    safetensors.numpy.save_file(
        tensors, folder / "library.safetensors", {"metadata": '{"model": "ü", "layers": [7]}'})
    print(f"NumPy {numpy.__version__}, safetensors {safetensors.__version__}")


if __name__ == "__main__":
    main()
