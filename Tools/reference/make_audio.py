"""Writes a seeded synthetic WAV, 16-bit: chords, a sweep, clicks and noise.

    make_audio.py --seconds 35 --out audio.wav
    make_audio.py --seconds 11 --rate 44100 --channels 2 --seed 7 --out stereo.wav
"""

import argparse
import wave
from pathlib import Path

import numpy

CHORD_SECONDS = 1.5
CHORDS = ((0, 4, 7), (-3, 0, 4), (5, 9, 12), (7, 11, 14), (2, 5, 9), (-5, -1, 2, 5))
PEAK = 0.8


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=35.0)
    parser.add_argument("--rate", type=int, default=16000, help="samples in a second (default: 16000)")
    parser.add_argument("--channels", type=int, default=1, help="default: 1")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.seconds <= 0 or arguments.rate < 1 or arguments.channels < 1:
        parser.error("seconds, rate and channels must be positive")
    return arguments


def channels(seconds, rate, count, seed):
    """[sample, channel] from -PEAK to PEAK, in double precision."""
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    length = max(1, round(seconds * rate))
    return numpy.stack([channel(length, rate, generator) for _ in range(count)], axis=1)


def channel(count, rate, generator):
    """One channel of `count` samples, its loudest at PEAK."""
    time = numpy.arange(count) / rate
    signal = chords(time, generator) + 0.3 * sweep(time, rate)
    signal += 0.5 * clicks(count, rate, generator)
    signal += noise(time, generator)
    return PEAK * signal / numpy.abs(signal).max()


def chords(time, generator):
    """Decaying chords with three partials a note, a new one every CHORD_SECONDS."""
    place = (time / CHORD_SECONDS).astype(int)
    decay = numpy.exp(-2.0 * (time % CHORD_SECONDS))
    signal = numpy.zeros_like(time)
    for number in range(place[-1] + 1):
        notes = CHORDS[generator.integers(len(CHORDS))]
        here = place == number
        for note in notes:
            frequency = 220.0 * 2.0 ** (note / 12)
            phase = generator.uniform(0, 2 * numpy.pi)
            for partial in (1, 2, 3):
                signal[here] += numpy.sin(2 * numpy.pi * partial * frequency * time[here] + phase) / partial
    return signal * decay


def sweep(time, rate):
    """From 50 Hz to 0.45 of the rate and again, once in ten seconds, frequency rising exponentially."""
    period, low, high = 10.0, 50.0, 0.45 * rate
    growth = numpy.log(high / low) / period
    return numpy.sin(2 * numpy.pi * low / growth * numpy.expm1(growth * (time % period)))


def clicks(count, rate, generator):
    """About four short noise bursts a second."""
    length = min(rate // 50, count)
    burst = numpy.exp(-numpy.arange(length) / (length / 5))
    signal = numpy.zeros(count)
    for start in generator.integers(0, count - length + 1, size=int(4 * count / rate)):
        signal[start:start + length] += burst * generator.standard_normal(length)
    return signal


def noise(time, generator):
    """White noise that swells and fades."""
    swell = 0.05 + 0.15 * (1 + numpy.sin(2 * numpy.pi * time / 7)) / 2
    return swell * generator.standard_normal(len(time))


def main():
    arguments = parse_arguments()
    signal = channels(arguments.seconds, arguments.rate, arguments.channels, arguments.seed)
    samples = numpy.round(signal * 32767).astype("<i2")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(arguments.out), "wb") as file:
        file.setnchannels(arguments.channels)
        file.setsampwidth(2)
        file.setframerate(arguments.rate)
        file.writeframes(samples.tobytes())
    print(f"{arguments.out}  {len(samples)} samples, {arguments.channels} channels")


if __name__ == "__main__":
    main()
