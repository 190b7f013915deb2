import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Damaged graphs: whatever a few wrong bytes make of one, it is converted to a valid weight file or refused.
@Suite struct MutationTests {
  private static let runCount = 6
  private static let mutationsPerRun = 500

  @Test(arguments: 0..<runCount)
  func wrongBytes(run: Int) throws {
    var random = SeededRandom(seed: UInt64(1000 + run))
    let original = Array(try EditableGraph.small.get().serializedBytes)
    var refused = 0
    for _ in 0..<Self.mutationsPerRun {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
      do { _ = try Conversion.convert(Data(bytes)) } catch is ConversionError { refused += 1 }
    }
    // Wrong bytes in names and weights mean nothing; most others do.
    #expect(refused > Self.mutationsPerRun / 4 && refused < Self.mutationsPerRun)
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let length = min(Int.random(in: 1...16, using: &random), bytes.count - place)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
    case 3: bytes[place] = bytes[place] &+ 1
    case 4: bytes.removeSubrange(place..<(place + length))
    case 5: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
    case 6: for index in place..<(place + length) { bytes[index] = 0xff }
    default:
      let source = Int.random(in: 0...(bytes.count - length), using: &random)
      bytes.replaceSubrange(place..<(place + length), with: bytes[source..<(source + length)])
    }
  }

  /// Nodes of one graph that take each other's inputs, operations and attributes.
  @Test func mixedNodes() throws {
    var random = SeededRandom(seed: 77)
    let original = try EditableGraph.small.get()
    for _ in 0..<500 {
      var graph = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<graph.node.count, using: &random)
        guard let other = original.node.randomElement(using: &random) else { continue }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: graph.node[place].op = other.op
        case 1: graph.node[place].input = other.input
        case 2: graph.node[place].attr = other.attr
        default:
          let name = graph.node[place].name
          graph.node[place] = other
          graph.node[place].name = name
        }
      }
      do { _ = try Conversion.convert(graph) } catch is ConversionError {}
    }
  }
}
