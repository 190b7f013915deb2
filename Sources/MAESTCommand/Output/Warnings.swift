import MAEST

/// Prints what is wrong with a file's sound to standard error, one line for each warning; nothing in quiet mode.
///
/// - Parameter file: the file's name in messages.
func printWarnings(_ warnings: [AudioWarning], of file: String) {
  for warning in warnings { StandardError.note("\(file): warning: \(warning.message)") }
}
