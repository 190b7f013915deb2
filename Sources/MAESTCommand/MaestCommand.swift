import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

@main
struct MaestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maest",
    abstract: "Music styles and embeddings with MAEST, the music audio transformer.",
    discussion: """
      Examples:
        maest models pull 30s-pw-519l --accept-license
        maest tag track.flac
        maest tag *.mp3 --json --model 30s-pw-519l
        ffmpeg -i URL -f s16le -ar 16000 -ac 1 - | maest stream --format s16le
        maest annotate ~/Music --out library.jsonl
        maest merge shard-*.jsonl --out library.sqlite
        maest tag ~/Music/album --windows 3
        maest embed track.flac --layer 7 --pooling cls-dist-mean -o track.npy
        maest tokens track.flac --layers 1-12 -o tokens.npz
        maest attention track.flac --layers 12 -o attention.npz
        maest report track.flac -o track.html
        maest decode track.flac -o signal.npy
        maest info discogs-maest-30s-pw-2.safetensors
        maest cache list

      A model is named by the path of its file, or by its name in 'maest models list' once it was pulled.

      Where audio files are named, folders may be too: their audio files are taken, sorted by path. - is standard input.

      Results go to standard output, messages to standard error; with --quiet, only errors are printed to standard error.

      Exit codes: 0 all done; 1 something failed, each failure is one line on standard error, and the other files were \
      done; 2 the output cannot be written; 64 the command line is wrong; 130 maest annotate was interrupted.

      Shell completion: maest --generate-completion-script zsh (or bash, fish).
      """,
    version: "maest \(EngineVersion.current)",
    subcommands: [
      TagCommand.self, AnnotateCommand.self, MergeCommand.self, StreamCommand.self, EmbedCommand.self,
      TokensCommand.self, AttentionCommand.self, ReportCommand.self, PictureCommand.self, CompareCommand.self,
      DecodeCommand.self, InfoCommand.self, LabelsCommand.self, ModelsCommand.self, CacheCommand.self,
      SchemaCommand.self, DecodeHelperCommand.self,
    ])

  /// Runs the command; exits with an error if standard output cannot be flushed.
  static func main() async {
    // The parent process may have set SIGCHLD to ignored; the exit status of ffmpeg and helpers would then be lost.
    signal(SIGCHLD, SIG_DFL)
    // With SIGXFSZ ignored, exceeding the file size limit makes the write fail instead of killing the process.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot(CommandLine.pathTexts)
      if (command as? any QuietableCommand)?.quietOption.quiet == true { StandardError.beQuiet() }
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      try StandardOutput.flush()
    } catch let error as StandardOutputError {
      fail(error)
    } catch {
      // A failure to write the output takes precedence over the earlier error.
      if (error as? ExitCode) != .outputFailure {
        do { try StandardOutput.flush() } catch { fail(error) }
      }
      stop(error)
    }
  }

  /// Exits as `exit(withError:)` does, with the control characters of what was typed escaped.
  private static func stop(_ error: any Error) -> Never {
    let code = exitCode(for: error)
    guard code != .success else { exit(withError: error) }
    let message = fullMessage(for: error)
    if !message.isEmpty { StandardError.print(lines: message) }
    exit(withError: code)
  }

  private static func fail(_ error: StandardOutputError) -> Never {
    report(error)
    exit(withError: ExitCode.outputFailure)
  }
}
