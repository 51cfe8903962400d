import Foundation

/// What realtime connections are made of, so that tests can put something else in their place.
struct Realtime: Sendable {
  let sockets: any WebSocketOpener
  var time: any Timekeeper = SystemTime()
  /// Gives a number from nothing up to a bound.
  var random: @Sendable (_ bound: TimeInterval) -> TimeInterval = { .random(in: 0..<$0) }
}

/// Knows the time, which no clock of the device changes; in seconds.
protocol Timekeeper: Sendable {
  /// The time since some moment.
  var now: TimeInterval { get }

  /// Throws when the task is cancelled.
  func sleep(_ seconds: TimeInterval) async throws
}

/// The clocks of Swift want newer systems than this package does.
struct SystemTime: Timekeeper {
  var now: TimeInterval { TimeInterval(DispatchTime.now().uptimeNanoseconds) / 1e9 }

  func sleep(_ seconds: TimeInterval) async throws { try await Task.sleep(nanoseconds: UInt64(seconds * 1e9)) }
}
