"""The mel bands that MAEST hears, as Essentia's TensorflowInputMusiCNN computes them, whole signals at once."""

import numpy

SAMPLE_RATE = 16000
FRAME = 512
HOP = 256
BANDS = 96
HIGHEST_HERTZ = 8000
NETWORK_MEAN = 2.06755686098554
NETWORK_DEVIATION = 1.268292820667291

single = numpy.float32


def network_input(signal):
    """Signal [sample] -> normalised bands [frame, band] as the network is fed with them."""
    return (mel_bands(signal) - single(NETWORK_MEAN)) / single(2 * NETWORK_DEVIATION)


def mel_bands(signal):
    """Signal [sample], float32 -> log10(10000 x + 1) of its mel bands [frame, band]."""
    power = numpy.abs(numpy.fft.rfft(frames(signal) * WINDOW, axis=1)).astype(single) ** 2
    return numpy.log10(single(10000) * (power @ FILTERBANK) + single(1))


def frame_count(samples):
    return -(-samples // HOP) + 1


def frames(signal):
    """[frame, FRAME]: the first is centred on sample 0, the last is the first centred at or past the end."""
    count = frame_count(len(signal))
    padded = numpy.zeros((count - 1) * HOP + FRAME, dtype=single)
    padded[FRAME // 2:FRAME // 2 + len(signal)] = signal
    return numpy.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]


def filterbank():
    """[bin, band]: triangles on Slaney's scale, each divided by half its width, in single precision."""
    edges = mel_edges()[:, None]
    left, peak, right = edges[:-2], edges[1:-1], edges[2:]
    hertz = numpy.arange(FRAME // 2 + 1, dtype=single) * single(SAMPLE_RATE / FRAME)
    height = numpy.where(hertz < peak, (hertz - left) / (peak - left), (right - hertz) / (right - peak))
    return (numpy.clip(height, 0, None) / ((right - left) / single(2))).T.astype(single)


def mel_edges():
    """BANDS + 2 frequencies in hertz; the mel values are summed up in single precision, as in Essentia."""
    log_step = single(numpy.log(6.4) / 27)
    highest = single(15) + single(numpy.log(HIGHEST_HERTZ / 1000)) / log_step
    steps = numpy.full(BANDS + 1, highest / single(BANDS + 1), dtype=single)
    mel = numpy.concatenate([numpy.zeros(1, dtype=single), numpy.cumsum(steps, dtype=single)])
    logarithmic = single(1000) * numpy.exp(numpy.maximum(mel - single(15), 0) * log_step)
    return numpy.where(mel < 15, mel / single(3 / 200), logarithmic).astype(single)


# Hann, symmetric, not normalised.
WINDOW = (0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(FRAME) / (FRAME - 1))).astype(single)
FILTERBANK = filterbank()
