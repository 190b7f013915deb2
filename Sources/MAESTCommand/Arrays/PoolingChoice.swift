import ArgumentParser
import MAEST

/// A pooling given on the command line: a pooling for any layer, or one with a fixed source.
enum PoolingChoice: Hashable, CaseIterable, ExpressibleByArgument {
  case pooling(Pooling)
  /// The mean of CLS and DIST after the final norm.
  case clsDistFinal

  static let allCases = Pooling.allCases.map { PoolingChoice.pooling($0) } + [.clsDistFinal]
  static var allValueStrings: [String] { allCases.map(\.defaultValueDescription) }

  init?(argument: String) {
    guard let choice = Self.allCases.first(where: { $0.defaultValueDescription == argument }) else {
      return nil
    }
    self = choice
  }

  var defaultValueDescription: String {
    switch self {
    case .pooling(let pooling): pooling.rawValue
    case .clsDistFinal: "clsdist-final"
    }
  }
}
