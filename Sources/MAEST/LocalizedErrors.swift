#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Makes `error.localizedDescription` return the error's own text instead of "The operation couldn't be completed".

extension ArrayFileError: LocalizedError {
  public var errorDescription: String? { description }
}

extension ArrayReadError: LocalizedError {
  public var errorDescription: String? { description }
}
