import CSamplerate

/// Resamples one channel, chunk by chunk, with libsamplerate.
///
/// The ratio is the quotient of both rates in single precision, then widened, as in the reference: with a ratio in
/// double precision both the length and the samples would differ from it. If the rates are equal, samples pass through
/// unchanged.
///
/// libsamplerate rounds its position in the signal on every call, so the last bits of its samples depend on the chunk
/// sizes. It is called with blocks of a fixed length here, so that the samples are independent of the caller's chunks.
struct RateConverter: ~Copyable {
  /// The number of input samples per call of libsamplerate: 10 ms, which is also the added latency of a live signal.
  private let blockLength: Int

  /// The maximum number of output samples per call.
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
  /// - Parameter output: samples that are ready are appended; the rest follows with later samples or at the end.
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

  /// Appends the samples that the converter still holds. Must be the last call.
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
