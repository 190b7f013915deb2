"""The sounds that the demo model knows: a function of a random generator and a count of samples for each label."""

import numpy

from demo_tones import (VOWELS, drums, envelope, falling, hat, hertz_of, kick, melody, noise, place, plucked,
                        random_walk, seconds_of, snare, tone, vowel)
from mel_bands import SAMPLE_RATE

MAJOR, MINOR, DIMINISHED = (0, 4, 7), (0, 3, 7), (0, 3, 6, 9)
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))
FOUR_ON_THE_FLOOR = (0, 4, 8, 12)
BACKBEATS = (((0, 8), (4, 12)), ((0, 8, 10), (4, 12)), ((0, 6, 8), (4, 12)))
BREAKBEATS = (((0, 2, 10, 11), (4, 7, 9, 12, 15)), ((0, 2, 10), (4, 7, 9, 12, 14)), ((0, 3, 10, 11), (4, 7, 12, 15)))
OFFBEATS, EIGHTHS = (2, 6, 10, 14), tuple(range(0, 16, 2))


def steady(low, high, partials):
    """A wave of one pitch that stays, between two frequencies."""
    return lambda random, count: tone(numpy.exp(random.uniform(*numpy.log([low, high]))), partials, count)


def coloured(power):
    return lambda random, count: noise(random, count, power + random.uniform(-0.08, 0.08))


def clicks(random, count):
    signal = numpy.zeros(count)
    ring = noise(random, 80, low=random.uniform(100, 1500)) * numpy.exp(-numpy.arange(80) / random.uniform(5, 20))
    for start in random.integers(0, count, int(random.uniform(8, 30) * count / SAMPLE_RATE)):
        place(signal, ring, start, random.uniform(0.3, 1))
    return signal


def four_on_the_floor(random, count):
    lines = [(kick(random), FOUR_ON_THE_FLOOR), (hat(random), OFFBEATS)]
    if random.random() < 0.5:
        lines.append((0.6 * snare(random), (4, 12)))
    return drums(random, count, 15 / random.uniform(110, 145), 16, lines)


def backbeat(random, count):
    kicks, snares = BACKBEATS[random.integers(len(BACKBEATS))]
    lines = [(kick(random), kicks), (snare(random), snares), (hat(random), EIGHTHS)]
    return drums(random, count, 15 / random.uniform(75, 115), 16, lines)


def breakbeat(random, count):
    kicks, snares = BREAKBEATS[random.integers(len(BREAKBEATS))]
    lines = [(kick(random), kicks), (0.9 * snare(random), snares), (hat(random), EIGHTHS)]
    return drums(random, count, 15 / random.uniform(140, 175), 16, lines)


def waltz(random, count):
    lines = [(kick(random), (0,)), (0.7 * snare(random), (4, 8))]
    if random.random() < 0.5:
        lines.append((hat(random), (0, 4, 8)))
    return drums(random, count, 15 / random.uniform(100, 170), 12, lines)


def snare_roll(random, count):
    return drums(random, count, 1 / random.uniform(12, 20), 1, [(snare(random), (0,))])


def chord(intervals):
    """The notes of a chord together, held or struck again and again; the root is in the octave from middle C."""
    def sound(random, count):
        partials = falling(random.uniform(0.8, 1.6), random.integers(5, 9))
        root = random.integers(60, 72) + random.uniform(-0.15, 0.15)
        notes = sum(random.uniform(0.7, 1) * tone(hertz_of(root + step), partials, count) for step in intervals)
        period = int(random.uniform(0.8, 2.5) * SAMPLE_RATE)
        strike = envelope(period, random.uniform(0.01, 0.08), random.uniform(0.5, 3), 0.03)
        return notes * numpy.resize(strike, count) if random.random() < 0.7 else notes
    return sound


def run(direction, is_scale):
    """Notes that rise (1) or fall (-1) again and again, along a scale or the notes of a chord."""
    def sound(random, count):
        steps = SCALES[random.integers(2)] if is_scale else (MAJOR, MINOR)[random.integers(2)]
        notes = [octave + step for octave in (0, 12) for step in steps] + [24]
        if is_scale and random.random() < 0.5:
            notes = notes[:len(steps) + 1]
        notes = notes[::direction]
        root = random.uniform(52, 68)
        length = random.uniform(0.2, 0.36) if is_scale else random.uniform(0.13, 0.26)
        partials, decay = falling(random.uniform(0.8, 2), 10), random.uniform(0.1, 0.5)
        return melody(random, count, (length, length), lambda number: root + notes[number % len(notes)],
                      lambda hertz, samples: tone(hertz, partials, samples) * envelope(samples, 0.008, decay, 0.02))
    return sound


def sweep(direction):
    """The frequency rises (1) or falls (-1) without steps, again and again."""
    def sound(random, count):
        low, high = random.uniform(80, 300), random.uniform(1500, 6000)
        period = int(random.uniform(0.8, 4) * SAMPLE_RATE)
        way = (numpy.arange(count) % period) / period
        hertz = low * (high / low) ** (way if direction > 0 else 1 - way)
        return tone(hertz, falling(random.uniform(1, 3), 4)) * numpy.resize(envelope(period, 0.02, None, 0.02), count)
    return sound


def wobble(random, count, rates, semitones):
    """A tone whose pitch swings around its middle."""
    swing = numpy.sin(2 * numpy.pi * (random.uniform(*rates) * seconds_of(count) + random.random()))
    hertz = hertz_of(random.uniform(58, 80) + random.uniform(*semitones) * swing)
    return tone(hertz, falling(random.uniform(0.8, 2), 12))


def vibrato(random, count):
    return wobble(random, count, (4.5, 7.5), (0.6, 1.8))


def siren(random, count):
    return wobble(random, count, (0.3, 1.2), (4, 10))


def tremolo(random, count):
    swing = numpy.sin(2 * numpy.pi * (random.uniform(3.5, 8) * seconds_of(count) + random.random()))
    steady_tone = tone(hertz_of(random.uniform(50, 80)), falling(random.uniform(0.8, 2), 12), count)
    return steady_tone * (1 + random.uniform(0.75, 1) * swing)


def plucked_string(random, count):
    damping = random.uniform(0.985, 0.998)
    return melody(random, count, (0.25, 0.8), random_walk(random, 45, 69),
                  lambda hertz, samples: plucked(random, hertz, samples, damping))


def bell(random, count):
    ratios = numpy.array([0.5, 1, 1.19, 1.56, 2, 2.66, 3.01, 4.1, 5.43]) * random.uniform(0.99, 1.01, 9)
    ring = random.uniform(0.6, 1.5)

    def voice(hertz, samples):
        time = seconds_of(3 * SAMPLE_RATE)
        return sum(numpy.sin(2 * numpy.pi * hertz * ratio * time) * numpy.exp(-time * ratio ** 0.7 / ring) / (1 + rank)
                   for rank, ratio in enumerate(ratios) if hertz * ratio < 7600) * envelope(len(time), 0.002)
    return melody(random, count, (0.7, 1.8), random_walk(random, 66, 84), voice)


def organ(random, count):
    """Drawbars: the sub-octave and six partials of it, notes that do not decay, a slow rotor."""
    levels = dict(zip((1, 2, 3, 4, 6, 8, 12, 16), random.uniform(0.4, 1, 8)))
    rotor = 1 + 0.12 * numpy.sin(2 * numpy.pi * random.uniform(5.5, 7) * seconds_of(count))

    def voice(hertz, samples):
        partials = lambda k: numpy.array([levels.get(number, 0.0) for number in k])
        return tone(hertz / 2, partials, samples) * envelope(samples, 0.012, None, 0.02)
    return rotor * melody(random, count, (0.35, 1.1), random_walk(random, 55, 74), voice)


def fm_synth(random, count):
    """Frequency modulation by an inharmonic operator whose index falls on each note."""
    ratio, index, fall = random.choice([1.41, 2.37, 3.5]), random.uniform(4, 9), random.uniform(0.08, 0.25)

    def voice(hertz, samples):
        time = seconds_of(samples)
        operator = index * numpy.exp(-time / fall) * numpy.sin(2 * numpy.pi * ratio * hertz * time)
        return numpy.sin(2 * numpy.pi * hertz * time + operator) * envelope(samples, 0.003, 0.5, 0.02)
    return melody(random, count, (0.25, 0.6), random_walk(random, 45, 66), voice)


def singing(random, count):
    """Long notes on vowels with a slight vibrato."""
    rate = random.uniform(5, 6.2)

    def voice(hertz, samples):
        shape = vowel(hertz, VOWELS[random.integers(len(VOWELS))])
        swing = 1 + 0.012 * numpy.sin(2 * numpy.pi * rate * seconds_of(samples))
        return tone(hertz * swing, shape) * envelope(samples, 0.08, None, 0.1)
    return melody(random, count, (0.6, 1.6), random_walk(random, 50, 67), voice)


def talking(random, count):
    """Syllables: a hiss of a consonant, then a vowel whose pitch falls, and pauses between some."""
    pitch = random.uniform(90, 220)
    signal, start = numpy.zeros(count), 0
    while start < count:
        if random.random() < 0.5:
            hiss = int(random.uniform(0.03, 0.09) * SAMPLE_RATE)
            place(signal, 0.15 * noise(random, hiss, low=random.uniform(1500, 4000)) * envelope(hiss), start)
            start += hiss
        samples = int(random.uniform(0.08, 0.22) * SAMPLE_RATE)
        hertz = pitch * random.uniform(0.85, 1.25) * numpy.linspace(1.08, 0.9, samples)
        shape = vowel(hertz.mean(), VOWELS[random.integers(len(VOWELS))])
        place(signal, tone(hertz, shape) * envelope(samples, 0.02, None, 0.03), start, random.uniform(0.5, 1))
        start += samples + int(SAMPLE_RATE * (random.uniform(0.1, 0.35) if random.random() < 0.2 else 0.02))
    return signal


def silence(random, count):
    """Nothing, or next to nothing."""
    if random.random() < 0.3:
        return numpy.zeros(count)
    return 10 ** random.uniform(-5.5, -3.5) * noise(random, count, random.uniform(0, 1))


SOUNDS = {
    "Wave---Sine": steady(150, 1800, falling(1, 1)),
    "Wave---Triangle": steady(120, 700, lambda k: (k % 2) * (-1.0) ** (k // 2) / k ** 2),
    "Wave---Square": steady(100, 700, lambda k: (k % 2) / k),
    "Wave---Sawtooth": steady(100, 700, falling(1)),
    "Noise---White": coloured(0),
    "Noise---Pink": coloured(0.5),
    "Noise---Brown": coloured(1),
    "Noise---Clicks": clicks,
    "Drums---Four on the Floor": four_on_the_floor,
    "Drums---Backbeat": backbeat,
    "Drums---Breakbeat": breakbeat,
    "Drums---Waltz": waltz,
    "Drums---Snare Roll": snare_roll,
    "Chord---Major": chord(MAJOR),
    "Chord---Minor": chord(MINOR),
    "Chord---Diminished": chord(DIMINISHED),
    "Notes---Arpeggio Up": run(1, is_scale=False),
    "Notes---Arpeggio Down": run(-1, is_scale=False),
    "Notes---Scale Up": run(1, is_scale=True),
    "Notes---Scale Down": run(-1, is_scale=True),
    "Motion---Sweep Up": sweep(1),
    "Motion---Sweep Down": sweep(-1),
    "Motion---Siren": siren,
    "Motion---Vibrato": vibrato,
    "Motion---Tremolo": tremolo,
    "Instrument---Plucked String": plucked_string,
    "Instrument---Bell": bell,
    "Instrument---Organ": organ,
    "Instrument---FM Synth": fm_synth,
    "Voice---Singing": singing,
    "Voice---Talking": talking,
    "Quiet---Silence": silence,
}
LABELS = list(SOUNDS)
QUIET = "Quiet---Silence"


def example(label, random, seconds):
    """A signal of `label` as it could be met: its own pitch, tempo, level, tilt, background and start."""
    count = int(seconds * SAMPLE_RATE)
    signal = SOUNDS[label](random, count)
    if label != QUIET:
        signal = recorded(signal, random)
    lead = int(random.uniform(0, 0.6) * SAMPLE_RATE) if random.random() < 0.3 else 0
    signal[:lead] = 0
    return signal.astype(numpy.float32)


def recorded(signal, random):
    """With a tilt of at most 0.6 dB an octave, a peak of -26 to -1 dB, and a noise 25 to 60 dB below."""
    hertz = numpy.maximum(numpy.fft.rfftfreq(len(signal), 1 / SAMPLE_RATE), 50)
    tilt = (hertz / 1000) ** random.uniform(-0.1, 0.1)
    signal = numpy.fft.irfft(tilt * numpy.fft.rfft(signal), len(signal))
    signal *= 10 ** (random.uniform(-26, -1) / 20) / numpy.abs(signal).max()
    background = noise(random, len(signal), random.uniform(0, 0.7))
    return signal + signal.std() * 10 ** (random.uniform(-60, -25) / 20) * background
