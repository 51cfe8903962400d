/// What a call comes to: settled once, waited for by any number. Settling it again does nothing.
final class Settlement<Value: Sendable>: Sendable {
  typealias Outcome = Result<Value, CometChatCallException>

  private struct State {
    var outcome: Outcome?
    var waiting: [CheckedContinuation<Outcome, Never>] = []
  }

  private let state = Locked(State())

  init() {}

  init(_ outcome: Outcome) { settle(outcome) }

  func settle(_ outcome: Outcome) {
    let waiting = state { state -> [CheckedContinuation<Outcome, Never>] in
      if state.outcome != nil { return [] }
      state.outcome = outcome
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: outcome) }
  }

  /// Waits until it is settled.
  var outcome: Outcome {
    get async {
      await withCheckedContinuation { continuation in
        let settled = state { state -> Outcome? in
          if state.outcome == nil { state.waiting.append(continuation) }
          return state.outcome
        }
        if let settled { continuation.resume(returning: settled) }
      }
    }
  }
}
