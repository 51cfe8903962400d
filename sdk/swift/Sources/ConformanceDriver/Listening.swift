import Foundation
import UsherCalls

extension Driver {
  /// A listener that writes what it hears, and then does what the scenario wants of it.
  func listener(_ id: JSON, _ does: [JSON], of client: String) -> CallsLoginListener {
    let hearing = Hearing(id, does, client)
    return CallsLoginListener(
      onLoginSuccess: { try hearing.hear("loginSuccess", Outcome.user($0)) },
      onLoginFailure: { try hearing.hear("loginFailure", Outcome.error($0)) },
      onLogoutSuccess: { try hearing.hear("logoutSuccess", .text($0.rawValue)) },
      onLogoutFailure: { try hearing.hear("logoutFailure", Outcome.error($0)) })
  }

  func connectionListener(_ id: JSON, _ does: [JSON], of client: String) -> CallsConnectionListener {
    let hearing = Hearing(id, does, client)
    return CallsConnectionListener(
      connecting: { try hearing.hear("connecting", .null) },
      connected: { try hearing.hear("connected", .null) },
      disconnected: { try hearing.hear("disconnected", .null) })
  }

  func userListener(_ id: JSON, _ does: [JSON], of client: String) -> CallsUserListener {
    let hearing = Hearing(id, does, client)
    return CallsUserListener(
      onUserOnline: { try hearing.hear("userOnline", Outcome.user($0)) },
      onUserOffline: { try hearing.hear("userOffline", Outcome.user($0)) })
  }
}

private final class Hearing: Sendable {
  private struct Wanted: Error {}

  private let id: JSON
  private let does: [JSON]
  private let client: String
  private let counts: Guarded<[Int]>

  init(_ id: JSON, _ does: [JSON], _ client: String) {
    (self.id, self.does, self.client) = (id, does, client)
    counts = Guarded(Array(repeating: 0, count: does.count))
  }

  func hear(_ event: String, _ value: JSON) throws {
    write(event, value)
    for (index, action) in does.enumerated() where action["on"].text == event {
      let count = counts { counts in
        counts[index] += 1
        return counts[index]
      }
      let times = Int(action["times"].number)
      if times == 0 || count <= times { try act(action) }
    }
  }

  /// It waits for what comes of it, inside the callback.
  private func act(_ action: JSON) throws {
    let command = action["command"].text
    if command == "throw" { throw Wanted() }
    let done = DispatchSemaphore(value: 0)
    if command != "hang" {
      Driver.shared.run(command, action["params"], of: client) { [self] outcome in
        write("did", .object(outcome.fields.merging(["command": .text(command)]) { $1 }))
        done.signal()
      }
    }
    done.wait()
  }

  private func write(_ event: String, _ value: JSON) {
    output.write(["event": .text(event), "client": .text(client), "listener": id, "value": value])
  }
}
