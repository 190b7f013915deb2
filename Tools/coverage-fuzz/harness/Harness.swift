import CLibFuzzer
import Foundation
import MAESTFuzzing

/// libFuzzer's calls, for the reader that MAEST_FUZZ_READER names.
///
/// An input ends well where it is converted or refused with an error; anything else ends the process.
enum Harness {
  static let reader: Reader = {
    let name = ProcessInfo.processInfo.environment["MAEST_FUZZ_READER"] ?? ""
    guard let reader = Reader(rawValue: name), reader != .savedModel else {
      preconditionFailure("MAEST_FUZZ_READER is '\(name)', expected the name of a reader of single files")
    }
    return reader
  }()

  /// Where inputs become files: below the folder that MAEST_FUZZ_FOLDER names, one for each process.
  static let folder: String = {
    let parent = ProcessInfo.processInfo.environment["MAEST_FUZZ_FOLDER"] ?? NSTemporaryDirectory()
    let folder = "\(parent)/maest-coverage-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { preconditionFailure("cannot make \(folder)") }
    return folder
  }()
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = SingleInput(
    Data(UnsafeBufferPointer(start: bytes, count: count)), for: Harness.reader)
  do { _ = try input.outcome(in: Harness.folder, mendingChecksum: true) } catch {
    preconditionFailure("cannot write an input: \(error)")
  }
  return 0
}

/// Half of the changes are those of maest-fuzz, which know the format; the others are libFuzzer's own.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
  if seed % 2 == 0 {
    let input = SingleInput(Data(UnsafeBufferPointer(start: bytes, count: count)), for: Harness.reader)
    if let changed = input.changed(seed: UInt64(seed)), changed.bytes.count <= limit {
      changed.bytes.copyBytes(to: bytes, count: changed.bytes.count)
      return changed.bytes.count
    }
  }
  return LLVMFuzzerMutate(bytes, count, limit)
}
