import Foundation
import MAESTFiles

/// Finds the CUE sheets of audio files: beside them, or inside FLAC files.
struct CueSheetFinder {
  /// A larger file is no sheet.
  private static let largestSheet = 1 << 20

  /// A sheet in a folder, or why it cannot be read.
  private struct Found {
    var name: String
    var sheet: Result<CueSheet, CueSheetError>
  }

  /// The sheets of the folder that was asked for last: the files of a folder follow each other.
  private var folder: (path: String, sheets: [Found])?

  /// The sheet of the audio file at `path`: named like the file without or with its extension; else one that names the
  /// file; else the one inside the file. Names are compared exactly first, then without regard to case.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `unreadable`.
  mutating func sheet(ofFileAt path: String) throws(CueSheetError) -> CueSheet? {
    let name = Self.name(path)
    let sheets = sheets(in: Folders.parent(of: path))
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    for wanted in [stem + ".cue", name + ".cue"] {
      let match = sheets.first { $0.name == wanted } ?? sheets.first { Self.isSame($0.name, wanted) }
      if let match { return try match.sheet.get() }
    }
    for isExact in [true, false] {
      for found in sheets {
        guard case .success(let sheet) = found.sheet else { continue }
        if sheet.files.contains(where: { isExact ? $0.name == name : Self.isSame($0.name, name) }) {
          return sheet
        }
      }
    }
    guard path.lowercased().hasSuffix(".flac") else { return nil }
    return FLACComments.values(of: "CUESHEET", inFileAt: path).first.map {
      CueSheet($0, path: name)
    }
  }

  /// The name of the file at a path.
  static func name(_ path: String) -> String { PathText.components(path).last ?? path }

  /// Whether two names differ in case at most.
  static func isSame(_ first: String, _ second: String) -> Bool {
    first.lowercased() == second.lowercased()
  }

  private mutating func sheets(in path: String) -> [Found] {
    if let folder, folder.path == path { return folder.sheets }
    // An unreadable folder has no sheets.
    let names = PathCalls.names(inFolder: path) ?? []
    let sheets = names.sorted().filter { $0.lowercased().hasSuffix(".cue") && !$0.hasPrefix(".") }.map {
      name in
      Found(name: name, sheet: Self.read(PathText.join(path, name), name: name))
    }
    folder = (path, sheets)
    return sheets
  }

  private static func read(_ path: String, name: String) -> Result<CueSheet, CueSheetError> {
    let descriptor = PathCalls.open(path, O_RDONLY)
    guard descriptor >= 0 else {
      return .failure(.unreadable(sheet: name, reason: systemReason()))
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      let bytes = try file.read(upToCount: largestSheet + 1) ?? Data()
      guard bytes.count <= largestSheet else {
        return .failure(.unreadable(sheet: name, reason: "it is larger than \(largestSheet) bytes"))
      }
      return .success(CueSheet(CueText.decode(bytes), path: name))
    } catch {
      return .failure(.unreadable(sheet: name, reason: error.localizedDescription))
    }
  }
}
