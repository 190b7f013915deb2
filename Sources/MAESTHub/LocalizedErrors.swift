#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Makes `error.localizedDescription` return the error's own text instead of "The operation couldn't be completed".

extension CatalogueError: LocalizedError {
  public var errorDescription: String? { description }
}

extension DownloadError: LocalizedError {
  public var errorDescription: String? { description }
}
