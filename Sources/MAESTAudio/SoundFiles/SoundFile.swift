import CSndfile
import MAESTFrontEnd

/// A file opened with libsndfile: WAVE, AIFF, AU, CAF, W64 and its other formats.
///
/// No memory is allocated based on the file's header: chunks are read until the data ends. What libsndfile leaves out is
/// found in the header: samples that are missing, and bytes after them.
final class SoundFile: StreamPart {
  /// Samples of all channels that are decoded at a time.
  private static let chunkLength = 65536

  let name = "libsndfile"
  let formatName: String
  let layout: SampleLayout
  let expectedFrameCount: Int?

  private let handle: SoundHandle
  private let samples: SoundContainer.Samples?
  /// The link of Ogg that it is.
  private let pages: OggPages?
  private let start: Int
  private let file: RandomAccessFile
  private var frameCount = 0

  /// - Parameters:
  ///   - location: the file's path, if the part is all of it.
  ///   - start: where the part begins in the file.
  init(location: String?, _ file: RandomAccessFile, from start: Int) throws(OpeningFailure) {
    // libsndfile skips ID3 tags too.
    let source = file.source(from: start)
    while let length = AudioTags.length(at: source) { source.skip(length) }
    let start = source.position
    let container = SoundContainer(file, at: start)
    if let message = container?.endlessPart { throw OpeningFailure(message: message) }
    let patches = container?.patches ?? []
    samples = container?.samples
    (self.start, self.file) = (start, file)
    let end = Self.end(samples, file, from: start)
    if location == nil || !patches.isEmpty || end < file.length {
      guard container != nil || start == 0 else {
        throw OpeningFailure(message: "no file of samples begins here")
      }
      handle = try SoundHandle(SoundRegion(file, start..<end, patches: patches))
    } else {
      handle = try SoundHandle(path: location ?? "")
    }
    self.end = end
    pages = nil
    layout = try handle.layout()
    expectedFrameCount = handle.expectedFrameCount
    formatName = handle.formatName
  }

  /// A link of Ogg Opus of a low sample rate, which libsndfile decodes at that rate.
  ///
  /// - Parameter source: at the link's first page.
  /// - Throws: `OpeningFailure` if libsndfile cannot open it.
  init(opus source: ByteSource, _ file: RandomAccessFile) throws(OpeningFailure) {
    start = source.position
    self.file = file
    let pages = OggPages(file.source(from: start))
    end = pages.skipRest()
    self.pages = pages
    handle = try SoundHandle(SoundRegion(file, start..<end, patches: []))
    layout = try handle.layout()
    expectedFrameCount = handle.expectedFrameCount
    formatName = handle.formatName
    samples = nil
  }

  /// Where the file ends, its last chunks and tags included, in bytes of the file that it may be a part of.
  let end: Int

  private static func end(_ samples: SoundContainer.Samples?, _ file: RandomAccessFile, from start: Int)
    -> Int
  {
    guard let samples, let byteCount = samples.byteCount else { return file.length }
    let end = start + samples.start + byteCount
    guard end < file.length else { return file.length }
    let source = file.source(from: end)
    // A chunk of odd length is followed by a byte, except where programs forget it.
    if byteCount % 2 == 1, source.look(1) == 1, source[0] == 0 { source.skip(1) }
    RIFFTail.skip(source)
    return source.position
  }

  func read(into interleaved: inout [Float], damage: inout PartDamage) -> Bool {
    let capacity = max(1, Self.chunkLength / layout.channelCount) * layout.channelCount
    interleaved = [Float](unsafeUninitializedCapacity: capacity) { target, count in
      let frames = sf_count_t(capacity / layout.channelCount)
      let found = target.baseAddress.map { Int(sf_readf_float(handle.pointer, $0, frames)) } ?? 0
      count = max(0, found) * layout.channelCount
    }
    frameCount += interleaved.count / layout.channelCount
    if interleaved.isEmpty { addWarnings(&damage) }
    return !interleaved.isEmpty
  }

  /// Says what is missing, at the end.
  private func addWarnings(_ damage: inout PartDamage) {
    let time = Double(frameCount) / Double(layout.sampleRate)
    if let pages { damage.addEnd(of: pages, at: time, isReported: false) }
    if handle.hasFailed {
      let missing = max(0, (expectedFrameCount ?? 0) - frameCount)
      return damage.add(
        .damaged, at: time, seconds: missing > 0 ? Double(missing) / Double(layout.sampleRate) : nil,
        "decoding broke off (libsndfile: \(handle.message))")
    }
    guard let samples, let byteCount = samples.byteCount else { return }
    let there = max(0, file.length - start - samples.start)
    let missing = byteCount - there
    // A last sample of a few bytes may be incomplete.
    guard missing > 16 else { return }
    damage.add(
      .cutShort, at: time, seconds: there > 0 ? time * Double(missing) / Double(there) : nil,
      "the header says \(byteCount) bytes of samples, \(there) are there")
  }

  /// The encoding of samples that are none.
  var otherEncoding: String? {
    let isPCM = handle.info.format & Int32(SF_FORMAT_SUBMASK) == Int32(SF_FORMAT_PCM_16)
    guard isPCM, layout.channelCount <= 2, let samples else { return nil }
    let place = start + samples.start
    // Silence may come before it.
    let source = file.source(from: place)
    source.skipZeros()
    return EncodedSamples.encoding(of: Array(source.bytes(EncodedSamples.lookedAtByteCount)))
  }
}
