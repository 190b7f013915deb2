/// The error that a piece of work throws.
public func audioError<Result: ~Copyable>(_ work: () throws -> Result) -> (any Error)? {
  do {
    _ = try work()
    return nil
  } catch {
    return error
  }
}
