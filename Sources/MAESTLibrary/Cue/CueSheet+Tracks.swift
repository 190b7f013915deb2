extension CueSheet.File {
  /// The audio tracks of the file: each as it can be analysed, or why it cannot.
  ///
  /// - Parameters:
  ///   - sheet: path of the sheet, for errors.
  ///   - performer: the performer of the sheet.
  /// - Throws: ``CueSheetError`` if no track can be used.
  func tracks(
    sheet: String, performer: String?
  ) throws(CueSheetError) -> [(number: Int, track: Result<CueTrack, CueSheetError>)] {
    var numbers: Set<Int> = []
    for entry in entries where !numbers.insert(entry.number).inserted {
      throw .repeatedTrack(sheet: sheet, track: entry.number)
    }
    let tracks = entries.indices.filter { entries[$0].isAudio }.map { index in
      (number: entries[index].number, track: track(index, sheet: sheet, performer: performer))
    }
    guard !tracks.isEmpty else { throw .noTracks(sheet: sheet) }
    return tracks
  }

  private func track(_ index: Int, sheet: String, performer: String?) -> Result<CueTrack, CueSheetError> {
    let entry = entries[index]
    if let problem = entry.problem { return .failure(problem) }
    guard let start = entry.start else { return .failure(.missingIndex(sheet: sheet, track: entry.number)) }
    let end = entries[(index + 1)...].lazy.compactMap { $0.start ?? $0.earliest }.first
    if let end, end <= start {
      return .failure(.notAscending(sheet: sheet, track: entry.number, start: start, next: end))
    }
    return .success(
      CueTrack(
        number: entry.number, title: entry.title, performer: entry.performer ?? performer, start: start,
        end: end))
  }
}
