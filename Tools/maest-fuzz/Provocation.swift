import ArgumentParser
import MAESTFuzzing

/// What an input must not do, done on purpose: the fuzzer's own tests see with it that it notices.
enum Provocation: String, CaseIterable, ExpressibleByArgument {
  case crash, hang, allocation

  func happen() -> Reader.Result {
    switch self {
    case .crash:
      let empty: [Int] = []
      return .refused("\(empty[Reader.allCases.count])")
    case .hang:
      var rounds: UInt = 0
      while rounds < .max { rounds = (rounds &+ 1) % (.max - 1) }
      return .refused("\(rounds)")
    case .allocation:
      let floats = Array(repeating: Float(1), count: 1 << 26)
      return .refused("\(floats.last ?? 0)")
    }
  }
}
