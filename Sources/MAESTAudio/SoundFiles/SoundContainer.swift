/// What the header of a sound file says of its samples: where they are and how many bytes they take.
///
/// Reads WAVE in RIFF, RIFX, RF64 and BW64, AIFF and AIFC, AU, W64 and CAF. libsndfile reads the files themselves, but
/// does not say what it leaves out.
struct SoundContainer {
  /// The bytes of the samples.
  struct Samples {
    /// The first one's offset from the beginning of the container.
    let start: Int
    /// The number in the header; nil if it is one that stands for an unknown number.
    let byteCount: Int?
  }

  /// The form of a chunk's header.
  private struct Form {
    let markLength: Int
    let sizeLength: Int
    let isBigEndian: Bool
    /// Whether the size counts the chunk's header.
    var countsHeader = false
    /// Chunks begin at a multiple of it.
    let alignment: Int
    /// The length of the container's own header.
    let start: Int
    let sampleMark: String

    static let wave = Form(
      markLength: 4, sizeLength: 4, isBigEndian: false, alignment: 2, start: 12, sampleMark: "data")
    static let bigEndianWave = Form(
      markLength: 4, sizeLength: 4, isBigEndian: true, alignment: 2, start: 12, sampleMark: "data")
    static let aiff = Form(
      markLength: 4, sizeLength: 4, isBigEndian: true, alignment: 2, start: 12, sampleMark: "SSND")
    static let w64 = Form(
      markLength: 16, sizeLength: 8, isBigEndian: false, countsHeader: true, alignment: 8, start: 40,
      sampleMark: "data")
    static let caf = Form(
      markLength: 4, sizeLength: 8, isBigEndian: true, alignment: 1, start: 8, sampleMark: "data")
  }

  /// The largest number of chunks that are read; real files have a few.
  private static let countLimit = 1 << 16
  private static let endlessSize = 1 << 31

  private let file: RandomAccessFile
  private let base: Int
  private let form: Form?

  /// - Parameters:
  ///   - start: where the container begins in the file.
  /// - Returns: nil if no container of these begins there.
  init?(_ file: RandomAccessFile, at start: Int) {
    guard let bytes = file.bytes(at: start, count: 4) else { return nil }
    self.file = file
    base = start
    switch String(decoding: bytes, as: UTF8.self) {
    case "RIFF", "RF64", "BW64": form = .wave
    case "RIFX": form = .bigEndianWave
    case "FORM": form = .aiff
    case "riff": form = .w64
    case "caff": form = .caf
    case ".snd": form = nil
    default: return nil
    }
  }

  /// The samples; nil if there is no chunk of them.
  var samples: Samples? {
    guard let form else { return samplesOfAU }
    var found: Samples?
    var wideSize: Int?
    forEachChunk { mark, start, size, isPlaceholder in
      // A size beyond 32 bits is stored in an earlier chunk, `ds64`.
      if mark == "ds64" { wideSize = number(at: start + 8, count: 8, isBigEndian: false) }
      guard mark == form.sampleMark else { return true }
      if let wideSize, wideSize == 0 {
        found = Samples(start: start, byteCount: nil)
      } else if isPlaceholder, let wideSize {
        found = Samples(start: start, byteCount: wideSize)
      } else {
        found = Samples(start: start, byteCount: isPlaceholder || isUnknown(size, start) ? nil : size)
      }
      return false
    }
    return found
  }

  /// The patches of the header that let libsndfile read all samples, if the header does not give their number: programs
  /// that are stopped while they record, or that write to a pipe, leave 0.
  var patches: [SoundRegion.Patch] {
    guard let samples else { return [] }
    guard samples.byteCount == nil else { return patchOfCAF(samples) }
    guard let form else { return patchOfAU }
    guard form.sizeLength == 4 else { return [] }
    if let wideSizes { return patchOfWideSizes(wideSizes, samples) }
    let place = samples.start - 4
    guard number(at: place, count: 4, isBigEndian: form.isBigEndian) == 0 else { return [] }
    let rest = file.length - base - samples.start
    var patches = [patch(place, rest, form), patch(4, file.length - base - 8, form)]
    if form.sampleMark == "SSND" { patches += framePatch(byteCount: rest - 8) }
    return patches
  }

  /// A description of the part that would make libsndfile (up to 1.2.2) loop forever; nil if there is none.
  ///
  /// The parts of a `LIST` chunk have their own sizes. libsndfile treats a size of 2^31 or more as a negative step: it
  /// reads the same parts again without end, and cannot be interrupted.
  var endlessPart: String? {
    guard form?.sampleMark == "data", form?.sizeLength == 4 else { return nil }
    var found: String?
    forEachChunk { mark, start, size, _ in
      if mark == "LIST" { found = endlessPart(from: start, to: start + size) }
      return found == nil
    }
    return found
  }

  private func endlessPart(from start: Int, to end: Int) -> String? {
    var position = start
    for _ in 0..<Self.countLimit where position < end {
      guard let form, let mark = file.bytes(at: base + position, count: 4),
        let size = number(at: position + 4, count: 4, isBigEndian: form.isBigEndian)
      else { return nil }
      if ["adtl", "INFO"].contains(String(decoding: mark, as: UTF8.self)) {
        position += 4
        continue
      }
      guard size < Self.endlessSize else {
        return "a part of the chunk LIST at byte \(base + position) says that it has \(size) bytes"
      }
      position += 8 + size + size % 2
    }
    return nil
  }

  // MARK: - Chunks

  /// Calls `body` with each chunk: its mark, the offset of its contents, its size, and whether the size is all ones.
  ///
  /// - Parameter body: returns whether to go on.
  private func forEachChunk(
    _ body: (_ mark: String, _ start: Int, _ size: Int, _ isPlaceholder: Bool) -> Bool
  ) {
    guard let form else { return }
    var position = form.start
    let headerLength = form.markLength + form.sizeLength
    var wideSize: Int?
    for _ in 0..<Self.countLimit {
      guard let bytes = file.bytes(at: base + position, count: headerLength) else { return }
      guard Self.isMark(bytes[..<4]) else {
        // libsndfile tries the next byte.
        position += 1
        continue
      }
      let mark = String(decoding: bytes[..<4], as: UTF8.self)
      let sizeBytes = bytes[form.markLength...]
      let isPlaceholder = sizeBytes.allSatisfy { $0 == 0xFF }
      let value = Self.number(sizeBytes, isBigEndian: form.isBigEndian) ?? Self.endlessSize
      let size = max(0, value - (form.countsHeader ? headerLength : 0))
      guard body(mark, position + headerLength, size, isPlaceholder) else { return }
      if mark == "ds64" { wideSize = number(at: position + headerLength + 8, count: 8, isBigEndian: false) }
      let step = mark == "data" && isPlaceholder ? wideSize ?? size : size
      guard step < 1 << 48 else { return }
      position += headerLength + (step + form.alignment - 1) / form.alignment * form.alignment
    }
  }

  /// Whether the size of a chunk of samples stands for an unknown number, and bytes follow that are no chunk.
  private func isUnknown(_ size: Int, _ start: Int) -> Bool {
    if form?.sizeLength == 4, (0x7FFF_F000...0x8000_0000).contains(size) || size >= 0xFFFF_F000 {
      return true
    }
    guard size == 0, let form, let next = file.bytes(at: base + start, count: 8) else { return false }
    // A chunk that lies within the file follows, or samples.
    let nextSize = Self.number(next[4...], isBigEndian: form.isBigEndian) ?? .max
    return !Self.isMark(next[..<4]) || nextSize > file.length - base - start - 8
  }

  /// AU has the offset of its samples and their size in its header.
  private var samplesOfAU: Samples? {
    guard let start = number(at: 4, count: 4, isBigEndian: true), start >= 24,
      let size = number(at: 8, count: 4, isBigEndian: true)
    else { return nil }
    return Samples(start: start, byteCount: size == 0xFFFF_FFFF || size == 0 ? nil : size)
  }

  /// libsndfile refuses a CAF file whose samples are cut.
  private func patchOfCAF(_ samples: Samples) -> [SoundRegion.Patch] {
    let rest = file.length - base - samples.start
    guard form?.sizeLength == 8, form?.isBigEndian == true, samples.byteCount ?? 0 > rest else { return [] }
    let size = withUnsafeBytes(of: UInt64(max(0, rest)).bigEndian) { Array($0) }
    return [SoundRegion.Patch(offset: samples.start - 8, bytes: size)]
  }

  /// Where the 64-bit sizes of RF64 are, if they are zeros: of the whole, and 8 bytes on of the data.
  private var wideSizes: Int? {
    var found: Int?
    forEachChunk { mark, start, _, _ in
      if mark == "ds64", number(at: start + 8, count: 8, isBigEndian: false) == 0 { found = start }
      return mark != "ds64"
    }
    return found
  }

  private func patchOfWideSizes(_ place: Int, _ samples: Samples) -> [SoundRegion.Patch] {
    let sizes = [file.length - base - 8, file.length - base - samples.start]
    let bytes = sizes.flatMap { size in withUnsafeBytes(of: UInt64(size).littleEndian) { Array($0) } }
    return [
      SoundRegion.Patch(offset: place, bytes: bytes),
      SoundRegion.Patch(offset: samples.start - 4, bytes: [0xFF, 0xFF, 0xFF, 0xFF]),
    ]
  }

  /// AU has a number that stands for an unknown size, which libsndfile knows.
  private var patchOfAU: [SoundRegion.Patch] {
    let isZero = number(at: 8, count: 4, isBigEndian: true) == 0
    return isZero ? [SoundRegion.Patch(offset: 8, bytes: [0xFF, 0xFF, 0xFF, 0xFF])] : []
  }

  // MARK: - Patches

  private func patch(_ offset: Int, _ value: Int, _ form: Form) -> SoundRegion.Patch {
    let number = UInt32(clamping: value)
    let bytes = withUnsafeBytes(of: form.isBigEndian ? number.bigEndian : number.littleEndian) { Array($0) }
    return SoundRegion.Patch(offset: offset, bytes: bytes)
  }

  /// AIFF gives the number of frames in `COMM` too.
  private func framePatch(byteCount: Int) -> [SoundRegion.Patch] {
    var patches: [SoundRegion.Patch] = []
    forEachChunk { mark, start, _, _ in
      guard mark == "COMM", let form, let channels = number(at: start, count: 2, isBigEndian: true),
        let bits = number(at: start + 6, count: 2, isBigEndian: true), channels > 0, bits > 0
      else { return true }
      patches = [patch(start + 2, byteCount / (channels * ((bits + 7) / 8)), form)]
      return false
    }
    return patches
  }

  private func number(at offset: Int, count: Int, isBigEndian: Bool) -> Int? {
    file.bytes(at: base + offset, count: count).flatMap { Self.number($0[...], isBigEndian: isBigEndian) }
  }

  /// Nil if it is larger than any file.
  private static func number(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> Int? {
    let bytes = isBigEndian ? Array(bytes) : bytes.reversed()
    let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value < 1 << 48 ? Int(value) : nil
  }

  private static func isMark(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { (0x20..<0x7F).contains($0) }
  }
}
