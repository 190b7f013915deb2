import ArgumentParser
import MAEST

/// Layers given on the command line: "7", "1-12", "1,3,5-7", "all", "final".
struct LayerList {
  /// One layer, or the final norm.
  enum Place: Hashable {
    case layer(Int)
    /// The output of the model's final norm.
    case final
  }

  private enum Part {
    case layers(ClosedRange<Int>)
    case all
    case final
  }

  private let parts: [Part]

  static let seventh = LayerList(parts: [.layers(7...7)])

  private init(parts: [Part]) { self.parts = parts }

  /// - Throws: `ValidationError` that states the expected syntax.
  init(parsing text: String) throws {
    parts = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      switch part {
      case "all": return .all
      case "final": return .final
      default:
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last
        else {
          throw ValidationError(
            "'\(part)' names no layers: expected a number, a range such as 1-12, 'all', or several of these "
              + "with commas")
        }
        return .layers(first...last)
      }
    }
  }

  /// Parses a list as ``init(parsing:)`` does, but refuses "final".
  static func layersOnly(parsing text: String) throws -> LayerList {
    let list = try LayerList(parsing: text)
    for case .final in list.parts { throw ValidationError("'final' is no layer") }
    return list
  }

  /// The layers that the lists select in a model, each once, in the order of the lists.
  ///
  /// - Throws: ``ModelError/noSuchLayer(layer:layerCount:)``.
  static func places(_ lists: [LayerList], layerCount: Int) throws(ModelError) -> [Place] {
    var places: [Place] = []
    for part in lists.flatMap(\.parts) {
      switch part {
      case .final: places.append(.final)
      case .all: places += (1...layerCount).map { .layer($0) }
      case .layers(let range):
        guard range.lowerBound >= 1 else {
          throw .noSuchLayer(layer: range.lowerBound, layerCount: layerCount)
        }
        guard range.upperBound <= layerCount else {
          throw .noSuchLayer(layer: max(range.lowerBound, layerCount + 1), layerCount: layerCount)
        }
        places += range.map { .layer($0) }
      }
    }
    return places.unique
  }

  /// As ``places(_:layerCount:)``, without the final norm.
  static func layers(_ lists: [LayerList], layerCount: Int) throws(ModelError) -> [Int] {
    try places(lists, layerCount: layerCount).compactMap {
      if case .layer(let layer) = $0 { layer } else { nil }
    }
  }
}
