import Foundation

/// The pauses between attempts to connect: each anywhere below a bound that doubles, so that the clients of a
/// server that was away do not all come back at the same moment.
struct Pauses {
  // In seconds.
  private static let firstBound: TimeInterval = 0.5
  private static let lastBound: TimeInterval = 30

  private var bound: TimeInterval = 0

  /// The bound of the next pause, in seconds.
  mutating func nextBound() -> TimeInterval {
    bound = min(max(2 * bound, Self.firstBound), Self.lastBound)
    return bound
  }

  /// Begins anew, after a connection that was worth it.
  mutating func reset() { bound = 0 }
}
