import CSamplerate

/// Changes the sample rate of one channel, chunk by chunk, with libsamplerate.
///
/// The ratio is the quotient of both rates in single precision, then widened, like the reference's: with a
/// ratio in double precision both the length and the samples differ from it. Between equal rates the
/// samples pass as they are.
///
/// The library rounds its position in the signal whenever it is called, so that its samples depend on the
/// chunks that it is given, in their last bits. It is given blocks of one length here, and the samples do not.
struct RateConverter: ~Copyable {
  /// Samples that the library is given at a time: those of 10 ms, so that a live signal is no later than that.
  private let blockLength: Int

  /// Samples that it may give back at a time.
  private static let chunkLength = 16384

  private let ratio: Double
  private let state: OpaquePointer?
  private var block: [Float] = []
  private var chunk: [Float]

  /// - Parameters:
  ///   - inputRate: in hertz.
  ///   - outputRate: in hertz.
  /// - Throws: `SignalError.unsupportedSampleRates`, `SignalError.resamplingFailed`.
  init(from inputRate: Int, to outputRate: Int, quality: ResampleQuality) throws(SignalError) {
    let isPositive = inputRate >= 1 && outputRate >= 1
    let ratio = isPositive ? Double(Float(outputRate) / Float(inputRate)) : 0
    guard isPositive, src_is_valid_ratio(ratio) != 0 else {
      throw .unsupportedSampleRates(from: inputRate, to: outputRate)
    }
    let isNeeded = inputRate != outputRate
    state = isNeeded ? try Self.makeState(quality) : nil
    self.ratio = ratio
    blockLength = min(max(inputRate / 100, 32), 512)
    chunk = Array(repeating: 0, count: isNeeded ? Self.chunkLength : 0)
  }

  private static func makeState(_ quality: ResampleQuality) throws(SignalError) -> OpaquePointer {
    var code: Int32 = 0
    guard let state = src_new(Int32(quality.rawValue), 1, &code) else {
      throw .resamplingFailed(message: message(code))
    }
    return state
  }

  deinit {
    if let state { src_delete(state) }
  }

  /// Converts the next samples.
  ///
  /// - Parameter output: what is ready is appended; the rest comes with later samples or the end.
  /// - Throws: `SignalError.resamplingFailed`.
  mutating func convert(_ input: ArraySlice<Float>, appendingTo output: inout [Float]) throws(SignalError) {
    guard state != nil else {
      output.append(contentsOf: input)
      return
    }
    var rest = input
    while !rest.isEmpty {
      let taken = rest.prefix(blockLength - block.count)
      block.append(contentsOf: taken)
      rest = rest.dropFirst(taken.count)
      if block.count == blockLength { try convertBlock(appendingTo: &output) }
    }
  }

  /// Appends what the converter still holds back. Nothing may be converted afterwards.
  ///
  /// - Throws: `SignalError.resamplingFailed`.
  mutating func finish(appendingTo output: inout [Float]) throws(SignalError) {
    guard state != nil else { return }
    try convertBlock(appendingTo: &output)
    while try advance([], isEnd: true, appendingTo: &output).produced > 0 {}
  }

  private mutating func convertBlock(appendingTo output: inout [Float]) throws(SignalError) {
    var rest = block[...]
    while !rest.isEmpty {
      let step = try advance(rest, isEnd: false, appendingTo: &output)
      guard step.consumed > 0 || step.produced > 0 else {
        throw .resamplingFailed(message: "no progress with \(rest.count) samples left")
      }
      rest = rest.dropFirst(step.consumed)
    }
    block.removeAll(keepingCapacity: true)
  }

  private mutating func advance(
    _ input: ArraySlice<Float>, isEnd: Bool, appendingTo output: inout [Float]
  ) throws(SignalError) -> (consumed: Int, produced: Int) {
    var request = SRC_DATA()
    request.src_ratio = ratio
    request.end_of_input = isEnd ? 1 : 0
    let state = state
    let code = input.withUnsafeBufferPointer { source in
      chunk.withUnsafeMutableBufferPointer { target in
        request.data_in = source.baseAddress
        request.input_frames = source.count
        request.data_out = target.baseAddress
        request.output_frames = target.count
        return src_process(state, &request)
      }
    }
    guard code == 0 else { throw .resamplingFailed(message: Self.message(code)) }
    output.append(contentsOf: chunk[..<Int(request.output_frames_gen)])
    return (Int(request.input_frames_used), Int(request.output_frames_gen))
  }

  private static func message(_ code: Int32) -> String {
    src_strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
