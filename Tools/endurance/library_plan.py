"""What a generated library has in it: which kinds of files, how long, under which names. Nothing is written here."""

import math
import random
from dataclasses import dataclass, field

# Good files. Extensions, sample rates, and how often each kind occurs among the others.
COMMON_RATES = (44100, 44100, 48000, 22050, 16000, 32000)
OPUS_RATES = (48000, 24000, 16000)
SHORTEST, LONGEST, MEDIAN = 30.0, 240.0, 70.0
# How many files must fail: 40 of 2000.
BROKEN_SHARE = 0.02
# How many files are damaged, or odd in a way that was once taken for damage: 200 of 2000.
DAMAGED_SHARE = 0.1


@dataclass(frozen=True)
class Kind:
    """A way in which a good file is made; its name is a key of good_files.ENCODERS."""

    encoder: str
    extensions: tuple
    weight: float
    rates: tuple = COMMON_RATES
    channels: tuple = (1, 2, 2)
    # The longest that is made of it, in seconds.
    longest: float = LONGEST
    # What is done to the finished file; a key of good_files.CHANGES.
    change: str | None = None
    # What it sounds like; a key of library_sounds.SOUNDS.
    sound: str = "music"


GOOD_KINDS = {
    "wav16": Kind("pcm_s16le", (".wav", ".WAV"), 9),
    "wav24": Kind("pcm_s24le", (".wav",), 3, longest=90),
    "wav32f": Kind("pcm_f32le", (".wav",), 3, longest=90),
    "wav8": Kind("pcm_u8", (".wav",), 1),
    "aiff16": Kind("pcm_s16be", (".aiff", ".aif"), 4),
    "aiff24": Kind("pcm_s24be", (".aiff",), 1, longest=90),
    "flac16": Kind("flac16", (".flac", ".flac", ".FLAC"), 24),
    "flac24": Kind("flac24", (".flac",), 3, longest=90),
    "ogg": Kind("vorbis", (".ogg",), 8, longest=150),
    "opus": Kind("opus", (".opus",), 8, rates=OPUS_RATES),
    "mp3-cbr": Kind("mp3-cbr", (".mp3", ".mp3", ".Mp3"), 14),
    "mp3-vbr": Kind("mp3-vbr", (".mp3",), 8),
    "mp3-plain": Kind("mp3-plain", (".mp3",), 2),
    "m4a-aac": Kind("aac", (".m4a",), 4, longest=75),
    "m4a-alac": Kind("alac", (".m4a",), 1),
    # Many channels are valid: their mean is analysed.
    "wav16-8-channels": Kind("pcm_s16le", (".wav",), 0.3, rates=(48000, 16000), channels=(8,), longest=45),
    "flac16-8-channels": Kind("flac16", (".flac",), 0.3, rates=(48000, 16000), channels=(8,), longest=45),
    "opus-8-channels": Kind("opus", (".opus",), 0.2, rates=(48000,), channels=(8,), longest=45),
    # What other programs put before and behind the sound.
    "mp3-cover": Kind("mp3-cbr", (".mp3",), 1, change="cover"),
    "wav16-trailer": Kind("pcm_s16le", (".wav",), 0.5, change="trailer"),
    "flac16-silence": Kind("flac16", (".flac",), 0.3, sound="silence"),
}


@dataclass(frozen=True)
class BrokenKind:
    """A way in which a file fails; its name is a key of broken_files.MAKERS."""

    extensions: tuple
    # AudioError's cases that say so; several where it depends on the libraries' versions.
    codes: tuple


@dataclass(frozen=True)
class DamagedKind:
    """A way in which a file is damaged or odd; its name is a method of damaged_files.Maker."""

    extensions: tuple
    # What its record must be: partial where sound is missing, done where all of it is there, failed where most is lost.
    status: str
    # Of those that fail, as in a BrokenKind.
    codes: tuple = ()


DAMAGED_KINDS = {
    "flac-bad-frame": DamagedKind((".flac",), "partial"),
    "flac-garbage": DamagedKind((".flac",), "partial"),
    "flac-cut": DamagedKind((".flac",), "partial"),
    "flac-mostly-cut": DamagedKind((".flac",), "failed", ("mostlyLost",)),
    "flac-tag-behind": DamagedKind((".flac",), "done"),
    "mp3-zeros-inside": DamagedKind((".mp3",), "partial"),
    "mp3-junk-inside": DamagedKind((".mp3",), "partial"),
    "mp3-cut": DamagedKind((".mp3",), "partial"),
    # Two files, one behind the other: all of both is heard.
    "mp3-joined": DamagedKind((".mp3",), "done"),
    "ogg-cut": DamagedKind((".ogg",), "partial"),
    "ogg-page-missing": DamagedKind((".ogg",), "partial"),
    "ogg-chained": DamagedKind((".ogg",), "done"),
    "opus-chained": DamagedKind((".opus",), "done"),
    "wav-cut": DamagedKind((".wav",), "partial"),
    # Bytes that may have been sound.
    "wav-junk-behind": DamagedKind((".wav",), "partial"),
    # As programs leave it that write to a pipe, or are killed.
    "wav-sizes-zero": DamagedKind((".wav",), "done"),
    "wav-sizes-unknown": DamagedKind((".wav",), "done"),
    "m4a-cut-behind-index": DamagedKind((".m4a",), "partial"),
}

BROKEN_KINDS = {
    "empty": BrokenKind((".flac", ".mp3", ".wav", ".m4a"), ("emptyFile",)),
    "m4a-cut": BrokenKind((".m4a",), ("ffmpegFailed",)),
    "m4a-picture-only": BrokenKind((".m4a",), ("ffmpegFailed",)),
    "text": BrokenKind((".mp3",), ("ffmpegFailed", "undecodableFile")),
    "random": BrokenKind((".ogg", ".opus"), ("ffmpegFailed", "undecodableFile")),
    "mp3-tags-only": BrokenKind((".mp3",), ("ffmpegFailed", "undecodableFile", "noSamples")),
    "wav-header-cut": BrokenKind((".wav",), ("ffmpegFailed", "undecodableFile")),
    "wav-no-samples": BrokenKind((".wav",), ("noSamples",)),
    "wav-one-sample": BrokenKind((".wav",), ("tooShort",)),
    "short": BrokenKind((".flac", ".ogg", ".mp3", ".wav"), ("tooShort",)),
    "wav-nan": BrokenKind((".wav",), ("nonFiniteSample",)),
    "wav-infinite": BrokenKind((".wav",), ("nonFiniteSample",)),
    "wav-too-loud": BrokenKind((".wav",), ("sampleOutOfRange",)),
    "wav-16-hertz": BrokenKind((".wav",), ("unsupportedSampleRates",)),
}


ALL_KINDS = {**GOOD_KINDS, **DAMAGED_KINDS, **BROKEN_KINDS}


@dataclass
class Track:
    """One file to make. `seconds` is of the sound before anything is cut off or damaged."""

    index: int
    kind: str
    path: str = ""
    sample_rate: int = 0
    channels: int = 0
    seconds: float = 0.0
    codes: list = field(default_factory=list)
    # What its record must be: done, partial or failed.
    status: str = "done"

    @property
    def fails(self):
        return self.status == "failed"


ARTISTS = (
    "Alma Ferro", "The Quiet Rooms", "Sigur Þór", "山田 花子", "Ночной Поезд", "Björk's Cousin", 'The "Quoted" Band',
    "Tom, Dick & Harry", "-dash-", "AC⁄DC Tribute", "Беларусь $HOME", "[brackets] {braces}", "100% Pure", "What? Why*",
    "back\\slash", "emoji 🎧🎶", "العربية", "한국어 밴드", "trailing dot.", "semi;colon & pipe|", "a  double  space",
    "Größenwahn", "~tilde", "#hash", "Δέλτα", "Plain", "VA", "ชื่อไทย",
)
ALBUMS = (
    "First Light", "Live at the 3rd Street", "Op. 27, No. 2", "Ça et là", "-", "Best Of (Disc 1)", "夏の歌", "Untitled",
    "A very long album name that goes on and on about the seasons, the sea, the sky and the people who walked there",
)
WORDS = (
    "river", "glass", "morning", "Straße", "north", "lantern", "été", "slow", "machine", "ocean", "seven", "dust",
    "garden", "wire", "ночь", "paper", "空", "velvet", "engine", "hollow", "summer", "code", "amber", "drift",
)
# Whole names without the extension, each used once.
ODD_NAMES = (
    "-01 leading dash", "--help", "-", "it's \"both\" quotes", "comma, separated, title", "tab\tinside", "$(echo no)",
    "`backticks`", "percent %s %d %20", "*.star", "question?", "[ab]", "{a,b}", "back\\slash",
    "no.extension.mp3", "  leading spaces", "trailing space ", "&amp; <b>", "x" * 200, "長" * 70, "🎵" * 40, "e",
    "E", "'", "#1", "a=b", "a;b", "null\u2028separator", "\u202eright to left", "comma,\"quote\"", "UPPER", "upper",
)
TRACKS_PER_ALBUM = 11
# Paths of the first tracks of some kinds: names that some would take for one. The é is one letter in the first and the
# last, and a letter with an accent behind it in the second.
TWINS = {"flac16": "Twins/One name/café.flac", "flac24": "Twins/One name/cafe\u0301.flac",
         "mp3-cbr": "Twins/One name/café.mp3"}


def plan(track_count, seed):
    """All tracks of a library, in the order in which they are made; the same for the same numbers."""
    chance = random.Random(f"plan {seed}")
    broken_count = max(len(BROKEN_KINDS), round(track_count * BROKEN_SHARE))
    damaged_count = max(len(DAMAGED_KINDS), round(track_count * DAMAGED_SHARE))
    good_count = track_count - broken_count - damaged_count
    if good_count < len(GOOD_KINDS):
        needed = len(GOOD_KINDS) + len(DAMAGED_KINDS) + len(BROKEN_KINDS)
        raise ValueError(f"{track_count} tracks are too few: at least {needed} are needed to have one of each kind")
    weights = [kind.weight for kind in GOOD_KINDS.values()]
    kinds = [*GOOD_KINDS, *chance.choices(list(GOOD_KINDS), weights, k=good_count - len(GOOD_KINDS))]
    for names, count in ((list(BROKEN_KINDS), broken_count), (list(DAMAGED_KINDS), damaged_count)):
        kinds += [names[number % len(names)] for number in range(count)]
    chance.shuffle(kinds)
    tracks = [track(index, kind, chance) for index, kind in enumerate(kinds)]
    for one, path in zip(tracks, paths(tracks, chance), strict=True):
        one.path = path
    return tracks


def track(index, kind_name, chance):
    if kind_name in BROKEN_KINDS:
        # The makers of broken and damaged files choose the rest.
        return Track(index, kind_name, codes=list(BROKEN_KINDS[kind_name].codes), status="failed")
    if kind_name in DAMAGED_KINDS:
        kind = DAMAGED_KINDS[kind_name]
        return Track(index, kind_name, codes=list(kind.codes), status=kind.status)
    kind = GOOD_KINDS[kind_name]
    return Track(index, kind_name, sample_rate=chance.choice(kind.rates), channels=chance.choice(kind.channels),
                 seconds=round(min(duration(chance), kind.longest), 2))


def duration(chance):
    """Seconds between the shortest and the longest, evenly in their logarithm but for a power that puts the median."""
    span = math.log(LONGEST / SHORTEST)
    power = math.log(math.log(MEDIAN / SHORTEST) / span) / math.log(0.5)
    return SHORTEST * math.exp(span * chance.random() ** power)


def paths(tracks, chance):
    """A path in the library for each track, with /; no two are the same."""
    twins = dict(TWINS)
    every = max(1, len(tracks) // len(ODD_NAMES))
    odd_names = iter(ODD_NAMES)
    artist, album = "", ""
    for number, one in enumerate(tracks):
        if number % TRACKS_PER_ALBUM == 0:
            artist = chance.choice(ARTISTS)
            album = f"{chance.choice(ALBUMS)} {number // TRACKS_PER_ALBUM + 1}"
        name = next(odd_names, None) if number % every == 0 else None
        if name is None:
            title = " ".join(chance.sample(WORDS, chance.randint(1, 3)))
            name = f"{number % TRACKS_PER_ALBUM + 1:02} {title}"
        path = f"{artist}/{album}/{name}{chance.choice(ALL_KINDS[one.kind].extensions)}"
        yield twins.pop(one.kind, path)
