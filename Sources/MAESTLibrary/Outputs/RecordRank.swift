/// Order of preference among the records of one track: done before partial before failed, then the later state of the
/// file.
struct RecordRank: Comparable {
  var status: TrackRecord.Status
  /// Nil if there was no file.
  var modifiedNanoseconds: Int?

  init(_ status: TrackRecord.Status, modifiedNanoseconds: Int?) {
    self.status = status
    self.modifiedNanoseconds = modifiedNanoseconds
  }

  init(_ record: TrackRecord) {
    self.init(record.status, modifiedNanoseconds: record.file?.modifiedNanoseconds)
  }

  static func < (left: RecordRank, right: RecordRank) -> Bool {
    if left.status != right.status { return left.status.preference < right.status.preference }
    switch (left.modifiedNanoseconds, right.modifiedNanoseconds) {
    case (let left?, let right?): return left < right
    case (nil, let right): return right != nil
    case (_, nil): return false
    }
  }
}

extension TrackRecord.Status {
  /// A record with a higher number is preferred.
  fileprivate var preference: Int {
    switch self {
    case .done: 2
    case .partial: 1
    case .failed: 0
    }
  }
}
