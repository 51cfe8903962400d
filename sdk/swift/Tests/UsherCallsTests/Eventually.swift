import Dispatch

/// What a test waits for did not happen.
struct NeverHappened: Error, CustomStringConvertible {
  let description: String
}

/// Waits until something holds, for half a minute of a real clock at most: machines may be busy.
func eventually(_ what: String, _ holds: () -> Bool) async throws {
  let limit = DispatchTime.now().uptimeNanoseconds + 30_000_000_000
  while !holds() {
    if DispatchTime.now().uptimeNanoseconds > limit { throw NeverHappened(description: "never: \(what)") }
    try await Task.sleep(nanoseconds: 1_000_000)
  }
}
