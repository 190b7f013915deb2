#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// Makes `error.localizedDescription` the error's own text, not "The operation couldn't be completed".

extension AnnotatorError: LocalizedError {
  public var errorDescription: String? { description }
}

extension CueSheetError: LocalizedError {
  public var errorDescription: String? { description }
}

extension RecordOutputError: LocalizedError {
  public var errorDescription: String? { description }
}

extension SettingsError: LocalizedError {
  public var errorDescription: String? { description }
}

extension TrackSearchError: LocalizedError {
  public var errorDescription: String? { description }
}
