import Foundation

/// Works for the connection of one session until it is told to leave.
final class Connector: Sendable {
  /// A connection that lasted for so long, in seconds, was worth it: the pauses begin anew. A server that drops
  /// everybody whom it has let in must not be stormed.
  private static let lasting: TimeInterval = 10
  /// How long a server may ask to be left alone at most, in seconds.
  private static let longestWish: TimeInterval = 300

  private let connection: Connection
  private let farewell = Locked(Farewell.loggedOut)
  private let work = Locked<Task<Void, Never>?>(nil)

  init(_ connection: Connection) { self.connection = connection }

  /// Begins to work once the connector before has let go of its connection.
  func begin(after before: Connector?) {
    work { work in
      work = Task {
        // Which has a time limit of its own.
        await before?.ended()
        await keep()
      }
    }
  }

  /// Ends the work, and a connection that it has come to.
  func leave(_ farewell: Farewell) {
    self.farewell { $0 = farewell }
    work { $0 }?.cancel()
  }

  private func ended() async { await work { $0 }?.value }

  private func keep() async {
    var pauses = Pauses()
    // Whether the JWT was renewed and not taken yet: a server that takes none is not stormed.
    var renewed = false
    while !Task.isCancelled, let session = connection.session(of: self) {
      let end: Line.End
      do {
        let line = try await connection.open(session)
        renewed = false
        end = await serve(line, session, &pauses)
      } catch {
        end = error as? Line.End ?? .lost(retryAfter: 0)
      }
      if Task.isCancelled { return }
      switch end {
      case .refused:
        let again = renewed
        renewed = await renew(session)
        if renewed && !again { continue }
        await pause(pauses.nextBound())
      case .lost(let retryAfter):
        await pause(pauses.nextBound(), and: min(retryAfter, Self.longestWish))
      }
    }
  }

  private func serve(_ line: Line, _ session: Session, _ pauses: inout Pauses) async -> Line.End {
    let time = connection.realtime.time
    connection.say(.connected, by: self)
    let began = time.now
    let end = await line.serve({ self.farewell { $0 } }, { connection.hear($0, by: self, session) })
    if time.now - began >= Self.lasting { pauses.reset() }
    connection.say(.disconnected, by: self)
    connection.say(.connecting, by: self)
    return end
  }

  /// Asks the server about a session whose JWT was refused, and gives whether there is another JWT to try. The
  /// verdict ends the session, and with it this.
  private func renew(_ session: Session) async -> Bool {
    await connection.check()
    guard let jwt = connection.session(of: self)?.jwt else { return false }
    return jwt != session.jwt
  }

  private func pause(_ bound: TimeInterval, and wish: TimeInterval = 0) async {
    // It ends early when the work does.
    try? await connection.realtime.time.sleep(connection.realtime.random(bound) + wish)
  }
}
