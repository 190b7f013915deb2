extension ConversionError {
  /// A stable name of the error for programs: the name of the case.
  public var code: String {
    switch self {
    case .unreadable: "unreadable"
    case .notAGraph: "notAGraph"
    case .danglingReference: "danglingReference"
    case .recursiveCall: "recursiveCall"
    case .duplicateName: "duplicateName"
    case .tooLarge: "tooLarge"
    case .cyclic: "cyclic"
    case .badConstant: "badConstant"
    case .badOperation: "badOperation"
    case .noInput: "noInput"
    case .notMAEST: "notMAEST"
    case .unrecognized: "unrecognized"
    case .badMetadata: "badMetadata"
    case .damaged: "damaged"
    case .missingVariable: "missingVariable"
    case .wrongTensors: "wrongTensors"
    case .badNumber: "badNumber"
    case .notFinite: "notFinite"
    case .missingFact: "missingFact"
    }
  }
}
