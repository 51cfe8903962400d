import Foundation

@testable import UsherCalls

/// A time that passes only when a test says so.
final class FakeTime: Timekeeper {
  private struct Sleeper {
    let seconds: TimeInterval
    let until: TimeInterval
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: TimeInterval = 1000
    var last = 0
    var sleepers: [Int: Sleeper] = [:]
  }

  private let state = Locked(State())

  var now: TimeInterval { state { $0.now } }

  func sleep(_ seconds: TimeInterval) async throws {
    let id = state { state in
      state.last += 1
      return state.last
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        state { state in
          state.sleepers[id] = Sleeper(seconds: seconds, until: state.now + seconds, continuation: continuation)
        }
        // It may have been cancelled before anybody could know of it.
        if Task.isCancelled { wake(id) }
      }
    } onCancel: {
      wake(id)
    }
  }

  private func wake(_ id: Int) {
    state { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
  }

  /// Whether somebody sleeps for so long.
  func isAwaited(_ seconds: TimeInterval) -> Bool {
    state { state in state.sleepers.values.contains { isAlike($0.seconds, seconds) } }
  }

  /// Waits until somebody sleeps for so long, and wakes them.
  func pass(_ seconds: TimeInterval) async throws {
    try await eventually("somebody sleeps for \(seconds) seconds") { self.isAwaited(seconds) }
    let due = state { state -> [Sleeper] in
      let until = state.sleepers.values.filter { isAlike($0.seconds, seconds) }.map(\.until).min() ?? state.now
      state.now = max(until, state.now)
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.until < $1.until }
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  private func isAlike(_ one: TimeInterval, _ other: TimeInterval) -> Bool { abs(one - other) < 1e-6 }
}
