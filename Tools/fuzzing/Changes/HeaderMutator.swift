import Foundation
import MAESTFiles
import MAESTTestSupport
import MAESTWeights

/// Changes the header of a safetensors file, and the configuration beside it.
///
/// Weight files get a checksum that fits the changed header, where it can be computed.
struct HeaderMutator: StructureMutator {
  private let header: [String: Any]
  private let data: Data

  init(_ sample: Corpus.Sample) throws {
    let file = sample.files[sample.model] ?? Data()
    let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard file.count >= 8, length <= UInt64(file.count - 8) else { throw CocoaError(.fileReadCorruptFile) }
    header =
      try JSONSerialization.jsonObject(with: file.dropFirst(8).prefix(Int(length))) as? [String: Any] ?? [:]
    data = file.dropFirst(8 + Int(length))
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    if let name = sample.files.keys.first(where: { $0.hasSuffix("config.json") }), random.chance(3) {
      sample.files[name] = changedConfiguration(sample.files[name] ?? Data(), &random)
      return
    }
    var (header, data) = (header, data)
    for _ in 0..<Int.random(in: 1...3, using: &random) { changeHeader(&header, &data, &random) }
    if sample.reader == .weights, !random.chance(4) { updateChecksum(&header) }
    guard var json = try? JSONSerialization.data(withJSONObject: header, options: .sortedKeys) else { return }
    if random.chance(10) {
      json = Data(repeating: 0x20, count: random.count(upTo: 2_000_000)) + json
    }
    let length = random.chance(12) ? UInt64(bitPattern: Int64(random.integer())) : UInt64(json.count)
    sample.files[sample.model] = withUnsafeBytes(of: length.littleEndian) { Data($0) } + json + data
  }

  /// Another number in the metadata or in the configuration, or one among the weights.
  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var (header, data) = (header, data)
    let configuration = sample.files.keys.sorted().first { $0.hasSuffix("config.json") }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if random.chance(4) {
        data.overwriteNumber(&random)
      } else if let configuration {
        sample.files[configuration] = HostileNumber.changedNumber(
          in: sample.files[configuration] ?? Data(), &random)
      } else {
        changeFact(&header, &random)
      }
    }
    if sample.reader == .weights { updateChecksum(&header) }
    guard let json = try? JSONSerialization.data(withJSONObject: header, options: .sortedKeys) else { return }
    let length = UInt64(json.count)
    sample.files[sample.model] = withUnsafeBytes(of: length.littleEndian) { Data($0) } + json + data
  }

  /// Another number where the metadata have one.
  private func changeFact(_ header: inout [String: Any], _ random: inout SeededRandom) {
    var metadata = header["__metadata__"] as? [String: String] ?? [:]
    let keys = metadata.keys.sorted().filter { key in metadata[key].flatMap(Double.init) != nil }
    guard let key = keys.randomElement(using: &random) else { return }
    metadata[key] = HostileNumber.texts.randomElement(using: &random)
    header["__metadata__"] = metadata
  }

  private func changeHeader(_ header: inout [String: Any], _ data: inout Data, _ random: inout SeededRandom) {
    let names = header.keys.filter { $0 != "__metadata__" }.sorted()
    guard let name = names.randomElement(using: &random), let other = names.randomElement(using: &random),
      var entry = header[name] as? [String: Any]
    else { return }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: entry["dtype"] = ["F16", "BF16", "F64", "I8", "BOOL", "F8", ""].randomElement(using: &random)
    case 1: entry["shape"] = random.integers()
    case 2: entry["data_offsets"] = random.integers()
    case 3: entry["data_offsets"] = (header[other] as? [String: Any])?["data_offsets"]
    case 4: entry["shape"] = nested(depth: Int.random(in: 1...600, using: &random))
    case 5: entry = header[other] as? [String: Any] ?? [:]
    case 6:
      header[name] = nil
      return
    case 7:
      header[String(repeating: "n", count: random.count(upTo: 100_000))] = entry
    case 8:
      for index in 0..<random.count(upTo: 10_000) {
        header["extra.\(index)"] = ["dtype": "F32", "shape": [0], "data_offsets": [0, 0]] as [String: Any]
      }
    case 9: data = data.dropLast(Int.random(in: 1...64, using: &random))
    case 10: data += Data(count: Int.random(in: 1...64, using: &random))
    default:
      changeMetadata(&header, &random)
      return
    }
    header[name] = entry
  }

  private func changeMetadata(_ header: inout [String: Any], _ random: inout SeededRandom) {
    var metadata = header["__metadata__"] as? [String: String] ?? [:]
    let key = metadata.keys.sorted().randomElement(using: &random) ?? "key"
    switch Int.random(in: 0..<5, using: &random) {
    case 0: metadata[key] = nil
    case 1: metadata[key] = "\(random.integer())"
    case 2: metadata[key] = String(repeating: "[", count: random.count(upTo: 100_000))
    case 3:
      for index in 0..<random.count(upTo: 5000) { metadata["output:\(index)"] = "layer 1" }
    default:
      metadata[key] = ["nan", "inf", "-1", "1e400", "", "layer 0", "[\"a\"]"].randomElement(using: &random)
    }
    header["__metadata__"] = metadata
  }

  private func nested(depth: Int) -> Any { (0..<depth).reduce([Int]() as Any) { inner, _ in [inner] } }

  private func updateChecksum(_ header: inout [String: Any]) {
    var metadata = header["__metadata__"] as? [String: String] ?? [:]
    var entries: [String: SafeTensorsEntry] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard let value = value as? [String: Any],
        let type = (value["dtype"] as? String).flatMap(SafeTensorsElementType.init),
        let shape = value["shape"] as? [Int], let offsets = value["data_offsets"] as? [Int],
        offsets.count == 2,
        offsets[0] <= offsets[1]
      else { return }
      entries[name] = SafeTensorsEntry(elementType: type, shape: shape, dataRange: offsets[0]..<offsets[1])
    }
    metadata[HeaderChecksum.key] = HeaderChecksum.compute(metadata: metadata, entries: entries)
    header["__metadata__"] = metadata
  }

  private func changedConfiguration(_ json: Data, _ random: inout SeededRandom) -> Data {
    guard var facts = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any],
      let key = facts.keys.sorted().randomElement(using: &random)
    else { return json }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: facts[key] = nil
    case 1: facts[key] = random.integer()
    case 2: facts[key] = nested(depth: Int.random(in: 1...600, using: &random))
    case 3: facts[key] = "text"
    default:
      facts["id2label"] = Dictionary(
        uniqueKeysWithValues: (0..<random.count(upTo: 20_000)).map { ("\($0)", "x") })
    }
    return (try? JSONSerialization.data(withJSONObject: facts, options: .sortedKeys)) ?? json
  }
}
