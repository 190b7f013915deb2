import Logging
import Synchronization

/// A logger that keeps what it is told as a notice or worse.
public final class NoticeLog: Sendable {
  private let lines = Mutex<[String]>([])

  public init() {}

  public var notices: [String] { lines.withLock(\.self) }

  public var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: NoticeLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.lines.withLock { $0.append("\(event.message)") } }
  }
}
