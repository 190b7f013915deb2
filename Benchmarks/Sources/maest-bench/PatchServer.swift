import Foundation
import MAEST

/// Answers one request after the other with the model that it holds, in one precision or in several.
struct PatchServer {
  /// What a line of input asks for.
  private struct Request: Decodable {
    enum Work: String, Decodable { case patches, frontEnd }

    var work: Work?
    var patches: Int?
    var taps: [String]?
    var threads: Int?
    var backend: String?
    var precision: String?
    var output: String?
  }

  private struct Ready: Encodable {
    struct Contents: Encodable {
      let engine: String
      let facts: [String: String]
    }

    let ready: Contents
  }

  private struct Answer: Encodable {
    var seconds: Double?
    /// Of patches: the precision that was used, never `auto`.
    var precision: String?
    /// How long loading the model took, where this request was the first one of its precision.
    var loadSeconds: Double?
    var error: String?
  }

  private var engine: PatchEngine
  private let patches: [[Float]]
  private let audio: String?
  private let defaultOptions: EngineOptions
  private let extractor: MelSpectrogramExtractor
  private var signal: AudioSignal?

  init(weightFileAt path: String, patchesAt patchPath: String, audio: String?, _ options: EngineOptions)
    throws
  {
    engine = try PatchEngine(weightFileAt: path)
    try engine.load(options)
    patches = try PatchArray(contentsOfFile: patchPath, for: engine.configuration).patches
    extractor = try MelSpectrogramExtractor()
    self.audio = audio
    defaultOptions = options
  }

  func readyLine() throws -> String {
    let facts = Dictionary(
      try defaultOptions.facts().map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    return try jsonLine(Ready(ready: .init(engine: "maest", facts: facts)))
  }

  /// The answer to a line, a failure included.
  mutating func answer(_ line: String) throws -> String {
    do {
      let request = try decode(line)
      return try jsonLine(
        request.work == .frontEnd ? Answer(seconds: try runFrontEnd()) : try runPatches(request))
    } catch {
      return try jsonLine(Answer(error: "\(error)"))
    }
  }

  private func decode(_ line: String) throws(BenchError) -> Request {
    do { return try JSONDecoder().decode(Request.self, from: Data(line.utf8)) } catch {
      throw .invalidRequest(reason: "\(error)")
    }
  }

  private mutating func runPatches(_ request: Request) throws -> Answer {
    let selection = try TapSelection(request.taps ?? ["logits"], of: engine.configuration)
    let count = request.patches ?? 1
    guard count >= 1 else { throw BenchError.invalidRequest(reason: "\(count) patches") }
    let options = try options(of: request)
    var answer = Answer(precision: try options.resolvedPrecision().rawValue)
    var wasMissing = false
    let loadTime = try seconds { wasMissing = try engine.load(options) }
    if wasMissing { answer.loadSeconds = loadTime }
    try engine.prepare(options, patchCount: count)
    let batch = (0..<count).map { patches[$0 % patches.count] }
    var output = NetworkOutput()
    answer.seconds = seconds { output = engine.run(batch, taps: selection.taps, options) }
    if let folder = request.output { try write(output, selection.taps, to: folder) }
    return answer
  }

  private func options(of request: Request) throws(BenchError) -> EngineOptions {
    var options = defaultOptions
    if let count = request.threads {
      guard count >= 1 else { throw .invalidRequest(reason: "\(count) threads") }
      options.threadCount = count
    }
    if let name = request.backend { options.backend = try Self.choice(name, of: "backend") }
    if let name = request.precision { options.precision = try Self.choice(name, of: "precision") }
    return options
  }

  /// The case of a name in a request.
  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, of field: String
  ) throws(BenchError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: name) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidRequest(reason: "\(field) '\(name)': one of \(known) is needed")
    }
    return choice
  }

  /// Decoding is not part of the time.
  private mutating func runFrontEnd() throws -> Double {
    let signal = try loadedSignal()
    return try seconds { _ = try extractor.spectrogram(of: signal) }
  }

  private mutating func loadedSignal() throws -> AudioSignal {
    if let signal { return signal }
    guard let audio else { throw BenchError.noAudio }
    let loaded = try AudioLoader(sampleRate: extractor.configuration.sampleRate).load(audio)
    signal = loaded
    return loaded
  }

  private func write(_ output: NetworkOutput, _ taps: Set<Tap>, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var tensors = taps.compactMap { tap in
      tap.layer.flatMap { layer in output[tap].map { (name: "layer-\(layer)", tensor: $0) } }
    }
    if let logits = output.logits { tensors.append(("logits", logits)) }
    if let activations = output.activations { tensors.append(("activations", activations)) }
    for (name, tensor) in tensors { try NumPyWriter.write(tensor, to: "\(folder)/\(name).npy") }
  }
}
