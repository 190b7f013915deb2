"""Sounds of generated tracks: a bank of loops is made once, every track puts other ones of them together. numpy."""

import numpy

LOOP_LENGTH = 1 << 17
LOOP_COUNT = 96
# Samples per section of a track, at most.
LONGEST_SECTION = 1 << 19


def make_bank(seed):
    """Loops of samples from -1 to 1, float32 [loop, sample]."""
    chance = numpy.random.default_rng([seed, 0xBA2C])
    makers = (chord, noise_bursts, sweep, plucks)
    return numpy.stack([makers[number % len(makers)](chance) for number in range(LOOP_COUNT)]).astype(numpy.float32)


def time_line():
    """Seconds of a loop's samples at 44100 Hz; played at other rates it has another pitch."""
    return numpy.arange(LOOP_LENGTH) / 44100


def chord(chance):
    time, root = time_line(), 55 * 2 ** chance.uniform(0, 4)
    steps = chance.choice([0, 3, 4, 7, 10, 12, 14, 19], size=4, replace=False)
    tones = [numpy.sin(2 * numpy.pi * root * 2 ** (step / 12) * time + phase)
             for step, phase in zip(steps, chance.uniform(0, 6, size=4), strict=True)]
    beat = 0.6 + 0.4 * numpy.sin(2 * numpy.pi * chance.uniform(0.5, 8) * time)
    return sum(tones) / 4 * beat


def noise_bursts(chance):
    time, period = time_line(), chance.uniform(0.1, 0.7)
    return chance.uniform(-1, 1, LOOP_LENGTH) * numpy.exp(-chance.uniform(4, 40) * (time % period))


def sweep(chance):
    time = time_line()
    low, high = sorted(chance.uniform(40, 6000, size=2))
    return numpy.sin(2 * numpy.pi * (low * time + (high - low) * time ** 2 / (2 * time[-1])))


def plucks(chance):
    time, period = time_line(), chance.uniform(0.15, 0.5)
    pitches = 110 * 2 ** (chance.integers(0, 36, size=LOOP_LENGTH) / 12)
    pitch = pitches[(time // period).astype(int)]
    inside = time % period
    return numpy.sin(2 * numpy.pi * pitch * inside) * numpy.exp(-6 * inside)


def music(bank, chance, frame_count, channel_count):
    """Sections of one to three loops, each at its own place and level; float32 [frame, channel]."""
    samples = numpy.zeros((frame_count, channel_count), numpy.float32)
    start = 0
    while start < frame_count:
        end = min(frame_count, start + int(chance.integers(LONGEST_SECTION // 4, LONGEST_SECTION)))
        # One section in twenty is silent.
        for _ in range(chance.integers(1, 4) if chance.random() > 0.05 else 0):
            loop = numpy.roll(bank[chance.integers(len(bank))], int(chance.integers(LOOP_LENGTH)))
            gains = chance.uniform(0.05, 0.33, size=channel_count).astype(numpy.float32)
            samples[start:end] += numpy.resize(loop, end - start)[:, None] * gains
        start = end
    # Too short for a loop's own difference to show: another tone in each.
    samples[:, 0] += 0.01 * numpy.sin(numpy.arange(frame_count, dtype=numpy.float32) * chance.uniform(0.02, 0.3))
    return samples


def silence(bank, chance, frame_count, channel_count):
    """Zeros."""
    return numpy.zeros((frame_count, channel_count), numpy.float32)


SOUNDS = {"music": music, "silence": silence}
