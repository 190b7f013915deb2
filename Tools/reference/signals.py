"""How two decodings of one sound differ: a constant delay, then what is left."""

from dataclasses import dataclass

import numpy

from compare_npy import differences

# Decoders of lossy formats are up to about two frames apart.
LARGEST_DELAY = 8192


@dataclass
class SignalDifference:
    expected_count: int
    found_count: int
    # Samples by which `found` is late; negative where it is early.
    delay: int
    # Samples that both have after the delay is taken off.
    common_count: int
    largest: float
    relative_norm: float


def compare_signals(expected, found, delay=None):
    """The difference of two signals [sample]; the delay is looked for where it is not given."""
    if delay is None:
        delay = best_delay(expected, found)
    late, early = max(delay, 0), max(-delay, 0)
    count = max(0, min(len(expected) - early, len(found) - late))
    if count == 0:
        return SignalDifference(len(expected), len(found), delay, 0, float("inf"), float("inf"))
    error, relative = differences(expected[early:early + count], found[late:late + count])
    return SignalDifference(len(expected), len(found), delay, count, float(error.max()), float(relative))


def best_delay(expected, found, largest=LARGEST_DELAY):
    """The delay of `found`, at most `largest` samples either way, with the highest cross-correlation."""
    size = 1 << int(numpy.ceil(numpy.log2(len(expected) + len(found))))
    spectrum = numpy.fft.rfft(found, size) * numpy.conj(numpy.fft.rfft(expected, size))
    correlation = numpy.fft.irfft(spectrum, size)
    delays = numpy.arange(-largest, largest + 1)
    return int(delays[correlation[delays % size].argmax()])
