import Foundation
import MAESTTestSupport

/// Changes a file of records: its lines, and what the JSON of one says.
struct RecordMutator: StructureMutator {
  private let lines: [Data]

  init(_ sample: Corpus.Sample) throws {
    lines = (sample.files[sample.model] ?? Data()).split(separator: UInt8(ascii: "\n")).map { Data($0) }
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var lines = lines
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard let place = lines.indices.randomElement(using: &random) else { break }
      switch Int.random(in: 0..<5, using: &random) {
      case 0: changeLines(&lines, &random)
      case 1: lines[place] = changedText(lines[place], &random)
      default: lines[place] = changedMember(lines[place], &random)
      }
    }
    write(lines, to: &sample, &random)
  }

  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var lines = lines
    guard let place = lines.indices.randomElement(using: &random) else { return }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      lines[place] = HostileNumber.changedNumber(in: lines[place], &random)
    }
    write(lines, to: &sample, &random)
  }

  private func write(_ lines: [Data], to sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    let end = random.chance(20) ? Data("\r\n".utf8) : Data("\n".utf8)
    var bytes = Data(lines.joined(separator: end))
    if !random.chance(4) { bytes += end }
    sample.files[sample.model] = bytes
  }

  private func changeLines(_ lines: inout [Data], _ random: inout SeededRandom) {
    guard let place = lines.indices.randomElement(using: &random),
      let other = lines.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<9, using: &random) {
    case 0: lines.insert(other, at: place)
    case 1: lines.remove(at: place)
    case 2: lines[place] = Data(lines[place].prefix(Int.random(in: 0...lines[place].count, using: &random)))
    case 3: lines.insert(Data(), at: place)
    case 4: lines[place] = lines[place] + other
    case 5: lines[place] = Data(repeating: 0, count: random.count(upTo: 5000))
    case 6: lines[0] = Data([0xEF, 0xBB, 0xBF]) + lines[0]
    case 7: lines += Array(repeating: other, count: random.count(upTo: 300))
    default: lines.swapAt(place, 0)
    }
  }

  /// Texts that JSON allows and few expect, or that it does not allow.
  private static let strings = [
    "\\ud800", "\\udc00\\ud800", "\\u0000", "", "/", "..", "\\n", "\\\"", "\u{FEFF}", "e\u{301}", "\u{E9}",
    "\\u00e9",
    "done", "failed", "exact", "float32", "fast", "open",
  ]

  /// Another text between some quotation marks, or a member twice.
  private func changedText(_ line: Data, _ random: inout SeededRandom) -> Data {
    let quotes = line.indices.filter { line[$0] == UInt8(ascii: "\"") }
    guard quotes.count > 1 else { return line }
    let index = Int.random(in: 0..<quotes.count - 1, using: &random)
    let text = Data((Self.strings.randomElement(using: &random) ?? "").utf8)
    return line[...quotes[index]] + text + line[quotes[index + 1]...]
  }

  /// A member removed, copied from elsewhere or of another type, however deep.
  private func changedMember(_ line: Data, _ random: inout SeededRandom) -> Data {
    guard let value = try? JSONSerialization.jsonObject(with: line) else { return line }
    let changed = changed(value, &random)
    return
      (try? JSONSerialization.data(
        withJSONObject: changed, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])) ?? line
  }

  private func changed(_ value: Any, _ random: inout SeededRandom) -> Any {
    if var object = value as? [String: Any], let key = object.keys.sorted().randomElement(using: &random) {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: object[key] = nil
      case 1: object[key] = other(&random)
      case 2: object["other"] = object[key]
      case 3: object[object.keys.sorted().randomElement(using: &random) ?? key] = object[key]
      default: object[key] = changed(object[key] ?? NSNull(), &random)
      }
      return object
    }
    if var list = value as? [Any], let place = list.indices.randomElement(using: &random) {
      switch Int.random(in: 0..<5, using: &random) {
      case 0: list.remove(at: place)
      case 1: list += Array(repeating: list[place], count: random.count(upTo: 2000))
      case 2: list[place] = other(&random)
      default: list[place] = changed(list[place], &random)
      }
      return list
    }
    return other(&random)
  }

  private func other(_ random: inout SeededRandom) -> Any {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: NSNull()
    case 1: random.integer()
    case 2: random.integers()
    case 3: [String: Any]()
    case 4: "text"
    case 5: random.chance(2)
    case 6: (0..<random.count(upTo: 600)).reduce([Int]() as Any) { inner, _ in [inner] }
    default: 1e-31
    }
  }
}
