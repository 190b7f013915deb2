#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// `error.localizedDescription` is the error's own text, not "The operation couldn't be completed".

extension ArrayFileError: LocalizedError {
  public var errorDescription: String? { description }
}

extension ArrayReadError: LocalizedError {
  public var errorDescription: String? { description }
}
