import CZip
import Foundation
import MAESTFiles
import MAESTWeights

/// Writes a zip file of entries that are not compressed, with the same bytes every time: no dates, no owners.
///
/// Entries and files beyond 4 GiB take zip's 64-bit form.
struct ZipFileWriter {
  private let archive: OpaquePointer
  private let path: String

  /// Makes the file at `path` of the entries that `body` adds. In errors it is called `name`.
  static func write(to path: String, name: String, _ body: (ZipFileWriter) throws -> Void) throws {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw FileWriteError(path: name, reason: String(cString: zip_error_strerror(&error)))
    }
    let writer = ZipFileWriter(archive: archive, path: name)
    do {
      try body(writer)
      guard zip_close(archive) == 0 else { throw writer.failure }
    } catch {
      zip_discard(archive)
      throw error
    }
  }

  private var failure: FileWriteError {
    FileWriteError(path: path, reason: String(cString: zip_strerror(archive)))
  }

  /// Adds a part of an open file, which is read when the archive is complete, and closed.
  func add(_ name: String, _ file: UnsafeMutablePointer<FILE>, _ range: Range<Int>) throws {
    guard
      let source = zip_source_filep(archive, file, UInt64(range.lowerBound), Int64(range.count))
    else {
      fclose(file)
      throw failure
    }
    try add(name, source)
  }

  /// Adds bytes.
  func add(_ name: String, _ data: Data) throws {
    let source = data.withUnsafeBytes { bytes -> OpaquePointer? in
      // The archive reads them later and frees them.
      let copy = malloc(max(bytes.count, 1))
      guard let copy else { return nil }
      if let base = bytes.baseAddress { memcpy(copy, base, bytes.count) }
      let source = zip_source_buffer(archive, copy, UInt64(bytes.count), 1)
      if source == nil { free(copy) }
      return source
    }
    guard let source else { throw failure }
    try add(name, source)
  }

  private func add(_ name: String, _ source: OpaquePointer) throws {
    let index = zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8)
    guard index >= 0 else {
      zip_source_free(source)
      throw failure
    }
    let (entry, firstOfJanuary1980, readable) = (UInt64(index), UInt16(1 << 5 | 1), UInt32(0o100644) << 16)
    guard zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0) == 0,
      zip_file_set_dostime(archive, entry, 0, firstOfJanuary1980, 0) == 0,
      zip_file_set_external_attributes(archive, entry, 0, UInt8(ZIP_OPSYS_UNIX), readable) == 0
    else { throw failure }
  }
}
