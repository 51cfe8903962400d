import Foundation

/// What the samples need that the documents leave to the reader.
struct Credentials: Sendable {
  var apiKey = ""
  var authToken = ""
}

nonisolated(unsafe) private var current = Credentials()
private let lock = NSLock()

var credentials: Credentials {
  get { lock.withLock { current } }
  set { lock.withLock { current = newValue } }
}

private let (lines, writing) = AsyncStream.makeStream(of: String.self)

/// Takes the place of Swift's own in the samples.
func print(_ text: String) { writing.yield(text) }

/// The next line that a sample prints.
func printed() async -> String? { await lines.first { _ in true } }
