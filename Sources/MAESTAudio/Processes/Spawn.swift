import MAESTFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Starts a program, without a shell, in its own process group, so that an interrupt at the terminal does not reach it.
///
/// - Parameter input: its standard input; nil: empty.
/// - Returns: its process identifier.
func spawn(
  _ program: String, _ arguments: [String], input: Descriptor?, output: Descriptor, messages: Descriptor
) throws(SystemError) -> pid_t {
  #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
  #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
  #endif
  posix_spawn_file_actions_init(&actions)
  posix_spawnattr_init(&attributes)
  defer {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }
  var flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  #if canImport(Darwin)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
  #endif
  posix_spawnattr_setflags(&attributes, Int16(flags))
  // Resets signals in the child: threads of this process may block signals, and it may ignore SIGPIPE and SIGCHLD.
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigaddset(&signals, SIGPIPE)
  sigaddset(&signals, SIGCHLD)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  if let input {
    posix_spawn_file_actions_adddup2(&actions, input.number, STDIN_FILENO)
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  }
  posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO)
  posix_spawn_file_actions_adddup2(&actions, messages.number, STDERR_FILENO)
  let (argumentList, environment) = (CStrings([program] + arguments), CStrings(childEnvironment()))
  var identifier: pid_t = 0
  let code = posix_spawn(
    &identifier, program, &actions, &attributes, argumentList.pointers, environment.pointers)
  guard code == 0 else { throw SystemError(code: code) }
  return identifier
}

/// The environment variables that a program needs to find its files and libraries; messages in English.
private func childEnvironment() -> [String] {
  let names = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
  return names.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } } + ["LC_ALL=C"]
}

/// A list of C strings, terminated by a null pointer.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    pointers = strings.map { PathBytes.withPath($0) { strdup($0) } } + [nil]
  }

  deinit {
    for pointer in pointers { free(pointer) }
  }
}
