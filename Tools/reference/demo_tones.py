"""Building blocks of synthesised sounds: tones, noise, envelopes, notes, drums, vowels. Signals are [sample]."""

import numpy

from mel_bands import SAMPLE_RATE

TABLE = 4096
HIGHEST_PARTIAL = 7600.0
# The first three formants in hertz of a, e, i, o, u.
VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))


def seconds_of(count):
    return numpy.arange(count) / SAMPLE_RATE


def hertz_of(semitone):
    """Of a MIDI note number; 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((semitone - 69) / 12)


def tone(hertz, partials, count=None):
    """A periodic sound; `partials(k)` are the amplitudes of the partials k, those above the band left out.

    `hertz` is one number, with the `count` of samples, or an array [sample].
    """
    hertz = numpy.broadcast_to(hertz, count if numpy.ndim(hertz) == 0 else numpy.shape(hertz))
    numbers = numpy.arange(1, max(1, int(HIGHEST_PARTIAL / hertz.max())) + 1)
    spectrum = numpy.zeros(TABLE // 2 + 1, dtype=complex)
    spectrum[numbers] = -0.5j * TABLE * partials(numbers)
    table = numpy.fft.irfft(spectrum)
    phase = numpy.cumsum(hertz / SAMPLE_RATE)
    return numpy.interp(phase * TABLE, numpy.arange(TABLE), table, period=TABLE)


def falling(power, count=1 << 20):
    """Partials with the amplitude k^-power, at most `count` of them."""
    return lambda k: (k <= count) * k ** -float(power)


def noise(random, count, power=0.0, low=20.0, high=8000.0):
    """Noise with amplitudes f^-power: 0 white, 0.5 pink, 1 brown; deviation 1."""
    hertz = numpy.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    shape = numpy.maximum(hertz, low) ** -power * (hertz >= low) * (hertz <= high)
    signal = numpy.fft.irfft(shape * numpy.fft.rfft(random.standard_normal(count)), count)
    return signal / signal.std()


def envelope(count, attack=0.005, decay=None, release=0.01):
    """Rises in `attack` seconds, falls to 1/e in `decay`, ends with a `release`."""
    time = seconds_of(count)
    shape = numpy.minimum(1, time / attack) * numpy.minimum(1, time[::-1] / release)
    return shape if decay is None else shape * numpy.exp(-time / decay)


def place(signal, hit, start, level=1.0):
    """Adds `hit` to `signal` from the sample `start`, cut off at the end."""
    part = hit[:max(0, len(signal) - start)]
    signal[start:start + len(part)] += level * part


def melody(random, count, lengths, next_semitone, voice):
    """One note after another: `voice(hertz, samples)`, each a number of seconds between `lengths` long."""
    signal = numpy.zeros(count)
    start, number = 0, 0
    while start < count:
        samples = int(random.uniform(*lengths) * SAMPLE_RATE)
        place(signal, voice(hertz_of(next_semitone(number)), samples), start, random.uniform(0.7, 1))
        start += samples
        number += 1
    return signal


def random_walk(random, low, high):
    """Semitones of a tune between `low` and `high`, each a jump of up to nine away."""
    semitone = random.uniform(low, high)

    def following(number):
        nonlocal semitone
        semitone += random.choice([-9, -7, -5, -4, -2, 2, 3, 5, 7, 9])
        semitone += 12 * (semitone < low) - 12 * (semitone > high)
        return semitone
    return following


def plucked(random, hertz, samples, damping):
    """A string after Karplus and Strong: noise in a loop that averages neighbours, a period at once."""
    period = max(2, round(SAMPLE_RATE / hertz - 0.5))
    block = random.uniform(-1, 1, period)
    blocks, last = [], 0.0
    for _ in range(-(-samples // period)):
        blocks.append(block)
        before = numpy.concatenate([[last], block[:-1]])
        last = block[-1]
        block = damping * 0.5 * (block + before)
    return numpy.concatenate(blocks)[:samples] * envelope(samples, attack=0.0005)


def kick(random):
    count = int(0.3 * SAMPLE_RATE)
    time = seconds_of(count)
    low, high, fall = random.uniform(45, 65), random.uniform(80, 250), random.uniform(0.02, 0.05)
    phase = numpy.cumsum(low + high * numpy.exp(-time / fall)) / SAMPLE_RATE
    return numpy.sin(2 * numpy.pi * phase) * envelope(count, 0.001, random.uniform(0.08, 0.16))


def snare(random):
    count = int(0.25 * SAMPLE_RATE)
    body = tone(random.uniform(160, 240), falling(2), count) * envelope(count, 0.001, 0.05)
    rattle = noise(random, count, low=random.uniform(400, 1500)) * envelope(count, 0.001, random.uniform(0.04, 0.09))
    return 0.5 * body + 0.4 * rattle


def hat(random):
    count = int(0.12 * SAMPLE_RATE)
    return 0.25 * noise(random, count, low=random.uniform(4000, 6000)) * envelope(
        count, 0.001, random.uniform(0.01, 0.035))


def drums(random, count, step, bar, lines):
    """A bar of `bar` steps of `step` seconds again and again; `lines` are pairs of a hit and its steps."""
    signal = numpy.zeros(count)
    for hit, steps in lines:
        for first in range(0, int(count / (step * SAMPLE_RATE)) + 1, bar):
            for place_in_bar in steps:
                start = int(((first + place_in_bar) * step + random.uniform(0, 0.004)) * SAMPLE_RATE)
                place(signal, hit, start, random.uniform(0.8, 1))
    return signal


def vowel(hertz, formants):
    """The partials of a voice at `hertz` with these formants."""
    def partials(k):
        gains = sum(level / (1 + ((k * hertz - formant) / width) ** 2)
                    for formant, level, width in zip(formants, (1, 0.6, 0.35), (80, 100, 140)))
        return k ** -0.6 * (gains + 0.003)
    return partials
