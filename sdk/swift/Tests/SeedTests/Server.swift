import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A real server with a database of its own, and its back end.
final class Server {
  static let authKey = "dev-auth-key"
  private static let restKey = "dev-rest-key"
  static let appId = "usher-dev"

  private struct Failure: Error {
    let text: String
  }

  private let process = Process()
  private let folder = NSTemporaryDirectory() + "usher-seeds-" + UUID().uuidString
  let url: String

  /// Runs bin/usher of this checkout on a free port of 127.0.0.1.
  init() throws {
    let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../../bin/usher").standardizedFileURL
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw Failure(text: "there is no bin/usher: run make build")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let output = Pipe()
    process.executableURL = program
    process.arguments = ["serve", "--dev", "--listen", "127.0.0.1:0"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["TMPDIR": folder]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    var said = ""
    // The server says where it listens once it does.
    while true {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw Failure(text: "usher ended: \(said)") }
      said += String(decoding: more, as: UTF8.self)
      if let address = said.range(of: #"http://127\.0\.0\.1:\d+"#, options: .regularExpression) {
        url = String(said[address])
        break
      }
    }
    output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// What a back end does: it asks for a token of a user.
  func issueToken(_ uid: String) async throws -> String {
    struct Answer: Decodable {
      struct Token: Decodable {
        let authToken: String
      }
      let data: Token
    }
    guard let address = URL(string: "\(url)/v3/users/\(uid)/auth_tokens") else { throw Failure(text: url) }
    var request = URLRequest(url: address)
    request.httpMethod = "POST"
    request.setValue(Self.appId, forHTTPHeaderField: "appId")
    request.setValue(Self.restKey, forHTTPHeaderField: "apiKey")
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    let (body, _) = try await URLSession.shared.data(for: request)
    return try JSONDecoder().decode(Answer.self, from: body).data.authToken
  }
}
