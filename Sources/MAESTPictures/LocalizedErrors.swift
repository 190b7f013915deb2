#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Makes `error.localizedDescription` return the error's own text, not "The operation couldn't be completed".

extension PictureError: LocalizedError {
  public var errorDescription: String? { description }
}
