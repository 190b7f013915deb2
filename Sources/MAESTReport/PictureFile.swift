import Foundation
import MAESTFiles
public import MAESTPictures
import MAESTWeights

/// Writes pictures and pages to files, which appear when they are complete.
public enum PictureFile {
  /// The kinds of files that pictures are written to.
  public enum Format: String, Sendable, CaseIterable {
    case png
    case svg

    /// - Throws: ``PictureFileError`` for a name that ends in something else.
    public init(path: String) throws(PictureFileError) {
      let ending = URL(filePath: path).pathExtension.lowercased()
      guard let format = Format(rawValue: ending) else {
        throw .unknownFormat(path: path, known: Format.allCases.map(\.rawValue))
      }
      self = format
    }
  }

  /// Writes a figure as PNG or SVG, as the path's ending says.
  ///
  /// - Parameters:
  ///   - figure: what is drawn.
  ///   - path: ends in `.png` or `.svg`.
  ///   - scale: pixels a point in a PNG, 1 to 4.
  /// - Throws: ``PictureFileError``, `PictureError`, an error of the file system.
  public static func write(_ figure: some Figure, to path: String, scale: Int = 2) throws {
    let format = try Format(path: path)
    let picture = try figure.picture()
    switch format {
    case .png: try write(Data(picture.png(scale: scale)), to: path)
    case .svg: try write(Data(picture.svg().utf8), to: path)
    }
  }

  /// Writes a page.
  ///
  /// - Throws: `PictureError`, an error of the file system.
  public static func write(_ page: HTMLPage, to path: String) throws {
    try write(Data(page.html().utf8), to: path)
  }

  private static func write(_ data: Data, to path: String) throws {
    let file = try AtomicFile(path: path)
    try file.write(data)
    try file.commit()
  }
}

/// Why a picture cannot be written.
public enum PictureFileError: Error, Equatable, CustomStringConvertible {
  case unknownFormat(path: String, known: [String])

  public var description: String {
    switch self {
    case .unknownFormat(let path, let known):
      "\(path): pictures are written as \(known.map { ".\($0)" }.joined(separator: " or ")), by the file's name"
    }
  }
}
