/// Order of preference among the records of one track: done before failed, then the later state of the file.
struct RecordRank: Comparable {
  var isDone: Bool
  /// Nil if there was no file.
  var modifiedNanoseconds: Int?

  init(isDone: Bool, modifiedNanoseconds: Int?) {
    self.isDone = isDone
    self.modifiedNanoseconds = modifiedNanoseconds
  }

  init(_ record: TrackRecord) {
    self.init(isDone: record.status == .done, modifiedNanoseconds: record.file?.modifiedNanoseconds)
  }

  static func < (left: RecordRank, right: RecordRank) -> Bool {
    if left.isDone != right.isDone { return right.isDone }
    switch (left.modifiedNanoseconds, right.modifiedNanoseconds) {
    case (let left?, let right?): return left < right
    case (nil, let right): return right != nil
    case (_, nil): return false
    }
  }
}
