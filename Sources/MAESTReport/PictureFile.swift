import Foundation
import MAESTFiles
public import MAESTPictures
import MAESTWeights

/// Writes figures and pages to files. A file is renamed to its path when it is complete.
public enum PictureFile {
  /// File formats of figures.
  public enum Format: String, Sendable, CaseIterable {
    case png
    case svg

    /// - Throws: ``PictureFileError`` for any other extension.
    public init(path: String) throws(PictureFileError) {
      let ending = URL(filePath: path).pathExtension.lowercased()
      guard let format = Format(rawValue: ending) else {
        throw .unknownFormat(path: path, known: Format.allCases.map(\.rawValue))
      }
      self = format
    }
  }

  /// Writes a figure as PNG or SVG, depending on the extension of the path.
  ///
  /// - Parameters:
  ///   - figure: the figure to write.
  ///   - path: ends in `.png` or `.svg`.
  ///   - scale: pixels per point in a PNG, 1 to 4.
  /// - Throws: ``PictureFileError``, `PictureError`, an error of the file system.
  public static func write(_ figure: some Figure, to path: String, scale: Int = 2) throws {
    let format = try Format(path: path)
    let picture = try figure.picture()
    switch format {
    case .png: try AtomicFile.write(Data(picture.png(scale: scale)), to: path)
    case .svg: try AtomicFile.write(Data(picture.svg().utf8), to: path)
    }
  }

  /// Writes a page.
  ///
  /// - Throws: `PictureError`, an error of the file system.
  public static func write(_ page: HTMLPage, to path: String) throws {
    try AtomicFile.write(Data(page.html().utf8), to: path)
  }
}

/// Why a figure cannot be written.
public enum PictureFileError: Error, Equatable, CustomStringConvertible {
  case unknownFormat(path: String, known: [String])

  public var description: String {
    switch self {
    case .unknownFormat(let path, let known):
      "\(path): pictures are written as \(known.map { ".\($0)" }.joined(separator: " or ")), by the file's name"
    }
  }
}
