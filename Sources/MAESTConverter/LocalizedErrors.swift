#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Makes `error.localizedDescription` return the error's own text, not "The operation couldn't be completed".

extension ConversionError: LocalizedError {
  public var errorDescription: String? { description }
}

extension VerificationError: LocalizedError {
  public var errorDescription: String? { description }
}
