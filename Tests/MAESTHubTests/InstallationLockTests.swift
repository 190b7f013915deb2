import Foundation
import MAEST
import MAESTHub
import MAESTTestSupport
import Testing

/// Only a lock that another process holds means that another process is downloading.
@Suite struct InstallationLockTests {
  private func error(locking code: Int32) throws -> CatalogueError? {
    try withTemporaryFolder { folder in
      let store = ModelStore(folder: URL(filePath: folder))
      let installer = try ModelInstaller(
        catalogue: .official, store: store, baseURL: "http://127.0.0.1:1",
        policy: DownloadPolicy(stallLimit: .seconds(1), pauses: []))
      let name = try #require(ModelCatalogue.official.models.first).name
      let error = #expect(throws: CatalogueError.self) {
        try FileSystemFaults.failing(.lock, code: code) {
          _ = try installer.install(name, acceptsLicence: true)
        }
      }
      if let error { #expect("\(error)".contains(folder) && "\(error)".contains(name)) }
      return error
    }
  }

  @Test func aLockThatSomebodyHolds() throws {
    guard case .busy? = try error(locking: EWOULDBLOCK) else {
      Issue.record("another error")
      return
    }
  }

  @Test(arguments: [ENOLCK, ENOTSUP, EIO]) func aLockThatThereIsNot(code: Int32) throws {
    guard case .cannotLock(_, _, let reason)? = try error(locking: code) else {
      Issue.record("another error")
      return
    }
    #expect(reason == String(cString: strerror(code)))
  }
}
