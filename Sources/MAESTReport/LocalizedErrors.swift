#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Makes `error.localizedDescription` the error's own text, not "The operation couldn't be completed".

extension MissingValues: LocalizedError {
  public var errorDescription: String? { description }
}

extension PictureFileError: LocalizedError {
  public var errorDescription: String? { description }
}

extension SpectrogramMismatch: LocalizedError {
  public var errorDescription: String? { description }
}
