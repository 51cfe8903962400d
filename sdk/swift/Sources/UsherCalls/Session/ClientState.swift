import Foundation

/// What a client knows. It is looked at under a lock that nobody holds while waiting, so that getters
/// answer at once and a logout takes effect when it is called.
struct ClientState {
  /// Nil when nobody is logged in.
  private(set) var session: Session?
  /// What the storage held of the session when it was last read or written.
  var seen: Data?
  /// The one login that may run.
  var attempt: Attempt?
  var closed = false
  /// Whether this client is writing to the storage: what it then holds is not what another process did.
  var writing = false
  /// Counts writes and what was taken over, so that a look at the storage that came late is noticed.
  var changes = 0
  /// Tokens to revoke that the storage would not take.
  var unsaved: [String] = []
  /// A token that a logout is telling the server of itself.
  var busy: String?
  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  /// Makes another session the current one, nil for nobody, and gives the one before. Every change of who is
  /// logged in, and by which credentials, comes through here.
  @discardableResult
  mutating func become(_ next: Session?) -> Session? {
    let previous = session
    session = next
    connection.sessionChanged(next)
    return previous
  }
}

/// One login. The one that a logout discarded is not the one that runs.
final class Attempt: Sendable {
  enum Wanted: Sendable {
    case key(uid: String, apiKey: String)
    case token(String)
  }

  let wanted: Wanted
  let settlement = Settlement<CallsUser>()

  init(_ wanted: Wanted) { self.wanted = wanted }

  /// What is wrong with the arguments.
  var invalid: CallsErrorCode? {
    switch wanted {
    case .key(let uid, let apiKey): Checks.uid(uid) ?? Checks.apiKey(apiKey)
    case .token(let token): Checks.authToken(token)
    }
  }

  /// Whether a session already is what is wanted.
  func isIn(_ session: Session) -> Bool {
    switch wanted {
    case .key(let uid, _): session.isOf(uid)
    case .token(let token): session.authToken == token
    }
  }
}
