/// Prints a row of CSV as RFC 4180 defines it: rows end with CR and LF; fields with a comma, a quote or a line break are
/// quoted. Other characters of the fields are printed as they are, since CSV is read by programs.
func printCSV(_ fields: [String]) {
  print(fields.map(quotedIfNeeded).joined(separator: ","), terminator: "\r\n")
}

private func quotedIfNeeded(_ field: String) -> String {
  // Compares bytes: CR and LF together are one character, as are a comma and a combining accent after it.
  guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
  let scalars = field.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
  return "\"" + String(String.UnicodeScalarView(scalars)) + "\""
}
