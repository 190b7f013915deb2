import Foundation
import MAEST
import MAESTHub
import MAESTTestSupport
import Testing

/// Downloads from a server that misbehaves in every way.
@Suite struct CatalogueDownloadTests {
  private let bytes = InstallationBench.graphBytes

  @Test func aGoodServerIsAskedOnce() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      let record = try #require(try bench.install().record)
      #expect(record.graph.byteCount == bytes.count && !record.graph.isConfirmed)
      #expect(bench.graphRequests == ["0"])
      #expect(bench.hitches.isEmpty)
      try bench.expectInstalled()
    }
  }

  @Test func aLostConnectionIsResumed() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        let answer = LoopbackServer.Answer.file(bytes, to: request)
        return earlier < 2 ? answer.cut(after: 500_000) : answer
      }
      try bench.install()
      #expect(bench.graphRequests == ["0", "500000 of \"1\"", "1000000 of \"1\""])
      #expect(bench.server.sentByteCount(InstallationBench.graphName) == bytes.count, "each byte comes once")
      #expect(bench.hitches == ["retrying", "retrying"])
      try bench.expectInstalled()
    }
  }

  @Test func theNextRunGoesOn() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        let answer = LoopbackServer.Answer.file(bytes, to: request)
        return earlier == 0 ? answer.cut(after: 700_001) : answer
      }
      let error = #expect(throws: DownloadError.self) { try bench.install(retries: 0) }
      let text = try #require(error.map { "\($0)" })
      #expect(text.contains("700001 bytes are kept") && text.contains("1 attempt;"), "\(text)")
      #expect(!bench.store.isInstalled("5s-tiny-2"))
      #expect(bench.files.contains("downloads/discogs-maest-5s-tiny-2.pb.part"))
      try bench.install(accepts: false)
      #expect(bench.graphRequests == ["0", "700001 of \"1\""])
      #expect(bench.server.requests(".json").count == 1, "the metadata was complete")
      try bench.expectInstalled()
    }
  }

  @Test func aServerWithoutPartsStartsOver() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        let answer = LoopbackServer.Answer.file(bytes, to: request, givesParts: false)
        return earlier == 0 ? answer.cut(after: 900_000) : answer
      }
      try bench.install()
      #expect(bench.graphRequests == ["0", "900000 of \"1\""])
      #expect(bench.hitches == ["retrying", "starting over"])
      try bench.expectInstalled()
    }
  }

  @Test func withoutAValidatorNothingIsStitched() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        let answer = LoopbackServer.Answer.file(bytes, to: request, entityTag: nil)
        return earlier == 0 ? answer.cut(after: 900_000) : answer
      }
      try bench.install()
      #expect(bench.graphRequests == ["0", "0"])
      try bench.expectInstalled()
    }
  }

  @Test func aDateIsAValidatorToo() throws {
    let bytes = bytes
    let date = "Tue, 28 Jan 2025 15:50:00 GMT"
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        var answer = LoopbackServer.Answer.file(bytes, to: request, entityTag: date)
        answer.fields["ETag"] = "W/\"weak\""
        answer.fields["Last-Modified"] = date
        return earlier == 0 ? answer.cut(after: 900_000) : answer
      }
      try bench.install()
      #expect(bench.graphRequests == ["0", "900000 of \(date)"])
      try bench.expectInstalled()
    }
  }

  /// A server that notices the change gives all of the new file; one that does not gives a part of it.
  @Test(arguments: [true, false])
  func aChangedFileIsNotStitched(obeysIfRange: Bool) throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        if earlier == 0 {
          let old = Data(repeating: 7, count: bytes.count)
          return .file(old, to: request, entityTag: "\"old\"").cut(after: 400_000)
        }
        var asked = request
        if !obeysIfRange, request.fields["range"] != nil {
          asked = LoopbackServer.Request(
            path: request.path, fields: request.fields.merging(["if-range": "\"new\""]) { $1 })
        }
        return .file(bytes, to: asked, entityTag: "\"new\"")
      }
      try bench.install()
      #expect(bench.graphRequests == ["0", "400000 of \"old\""] + (obeysIfRange ? [] : ["0"]))
      try bench.expectInstalled()
    }
  }

  @Test func aPartBeyondTheEndIsDropped() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        switch earlier {
        case 0: .file(bytes + bytes, to: request).cut(after: bytes.count + 5)
        default: .file(bytes, to: request)
        }
      }
      try bench.install()
      #expect(bench.graphRequests == ["0", "\(bytes.count + 5) of \"1\"", "0"])
      try bench.expectInstalled()
    }
  }

  @Test func aWrongHashRemovesTheFile() throws {
    try withTemporaryFolder { folder in
      let expected = String(repeating: "ab", count: 32)
      let bench = try InstallationBench(folder: folder, sha256: expected)
      #expect(
        throws: DownloadError.wrongDigest(
          url: bench.server.baseURL + "/maest/discogs-maest-5s-tiny-2.pb",
          found: InstallationBench.graphDigest,
          expected: expected)
      ) { try bench.install() }
      #expect(
        bench.files.filter { $0.contains(".pb") || $0.contains("safetensors") }.isEmpty, "\(bench.files)")
    }
  }

  @Test func theRightHashIsConfirmed() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(
        folder: folder, byteCount: bytes.count, sha256: InstallationBench.graphDigest)
      #expect(try bench.install().record?.graph.isConfirmed == true)
      try bench.expectInstalled()
    }
  }

  @Test func aWrongSizeIsNoticedAtOnce() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder, byteCount: bytes.count - 1)
      #expect(
        throws: DownloadError.wrongSize(
          url: bench.server.baseURL + "/maest/discogs-maest-5s-tiny-2.pb", found: bytes.count,
          expected: bytes.count - 1)
      ) { try bench.install() }
      #expect(bench.graphRequests == ["0"], "no attempt can mend it")
      #expect(bench.files.filter { $0.contains(".pb") }.isEmpty, "\(bench.files)")
    }
  }

  @Test(arguments: [404, 403, 410])
  func refusalsAreFinal(status: Int) throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { _, _ in LoopbackServer.Answer(status: status) }
      #expect(
        throws: DownloadError.status(
          url: bench.server.baseURL + "/maest/discogs-maest-5s-tiny-2.pb", code: status)
      ) { try bench.install() }
      #expect(bench.graphRequests == ["0"])
      #expect(bench.files.filter { $0.contains(".pb") }.isEmpty, "\(bench.files)")
    }
  }

  @Test func aServersTroublePasses() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        switch earlier {
        case 0: LoopbackServer.Answer(status: 500, body: Data("<html>".utf8))
        case 1: LoopbackServer.Answer(status: 503)
        default: .file(bytes, to: request)
        }
      }
      try bench.install()
      #expect(bench.hitches == ["retrying", "retrying"])
      try bench.expectInstalled()
    }
  }

  @Test func aServersLastingTroubleEnds() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { _, _ in LoopbackServer.Answer(status: 500) }
      let error = #expect(throws: DownloadError.self) { try bench.install(retries: 2) }
      let text = try #require(error.map { "\($0)" })
      #expect(text.contains("status 500") && text.contains("gave up after 3 attempts"), "\(text)")
      #expect(bench.graphRequests == ["0", "0", "0"])
    }
  }

  @Test func aStallIsLeftAndResumed() throws {
    let bytes = bytes
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        let answer = LoopbackServer.Answer.file(bytes, to: request)
        return earlier == 0 ? answer.stalling(after: 300_000) : answer
      }
      try bench.install(stallLimit: .milliseconds(500))
      let requests = bench.graphRequests
      #expect(requests.count >= 2 && requests[1] == "300000 of \"1\"", "\(requests)")
      try bench.expectInstalled()
    }
  }

  @Test func aServerThatAlwaysStallsIsAnError() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { _, _ in
        LoopbackServer.Answer(body: Data(count: 100)).stalling(after: 50)
      }
      let error = #expect(throws: DownloadError.self) {
        try bench.install(retries: 1, stallLimit: .milliseconds(300))
      }
      let text = try #require(error.map { "\($0)" })
      #expect(text.contains("gave up after 2 attempts"), "\(text)")
    }
  }

  @Test func aBodyWithoutEndIsCutShort() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, _ in
        var answer = LoopbackServer.Answer(body: Data(count: 1000))
        answer.fields["Content-Length"] = "3000000000"
        return answer
      }
      #expect(
        throws: DownloadError.tooLarge(
          url: bench.server.baseURL + "/maest/discogs-maest-5s-tiny-2.pb", limit: 2_000_000_000)
      ) { try bench.install() }
    }
  }

  @Test func redirectionsAreFollowed() throws {
    let bytes = bytes
    let mirror = try LoopbackServer { request, _ in .file(bytes, to: request) }
    defer { mirror.stop() }
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, _ in
        LoopbackServer.Answer(status: 302, fields: ["Location": mirror.baseURL + request.path])
      }
      try bench.install()
      #expect(mirror.requests(".pb").count == 1)
      try bench.expectInstalled()
    }
  }

  @Test(arguments: [
    "ftp://127.0.0.1/models", "127.0.0.1", "", "http://", "http://127.0.0.1/?a", "file:///tmp",
  ])
  func onlyServersAreAsked(address: String) throws {
    #expect(throws: DownloadError.badAddress(address)) {
      try ModelInstaller(
        catalogue: .official, store: ModelStore(folder: URL(filePath: "/nowhere")), baseURL: address,
        policy: .retrying(0, stallLimit: .seconds(1)))
    }
  }

  @Test func aMeterTellsRateAndRest() {
    let start = ContinuousClock().now
    var meter = DownloadMeter(name: "x", totalByteCount: 1000, byteCount: 100, at: start)
    #expect(meter.rate == nil && meter.remainingSeconds == nil && meter.fraction == 0.1)
    for second in 1...8 { meter.update(byteCount: 100 + 50 * second, at: start + .seconds(second)) }
    #expect(meter.rate == 50 && meter.remainingSeconds == 10 && meter.fraction == 0.5)
    // Only the last five seconds count.
    for second in 9...14 { meter.update(byteCount: 500 + 10 * (second - 8), at: start + .seconds(second)) }
    #expect(meter.rate == 10 && meter.remainingSeconds == 44)
  }
}
