import Foundation
import Testing

@testable import UsherCalls

/// The rules that need neither a server nor a state, held against spec/vectors.
struct VectorTests {
  struct TextCase: Decodable, Sendable {
    let name: String
    let input: String
    let code: String?
  }

  @Test(arguments: cases("uid.json", of: TextCase.self))
  func uid(_ vector: TextCase) { #expect(Checks.uid(vector.input)?.rawValue == vector.code) }

  @Test(arguments: cases("key.json", of: TextCase.self))
  func key(_ vector: TextCase) { #expect(Checks.apiKey(vector.input)?.rawValue == vector.code) }

  @Test(arguments: cases("token.json", of: TextCase.self))
  func token(_ vector: TextCase) { #expect(Checks.authToken(vector.input)?.rawValue == vector.code) }

  struct AddressCase: Decodable, Sendable {
    struct Settings: Decodable, Sendable {
      let appId: String
      let region, host, adminHost, clientHost: String?
    }

    let name: String
    let settings: Settings
    let keyBase, tokenBase, code: String?
  }

  @Test(arguments: cases("urls.json", of: AddressCase.self))
  func url(_ vector: AddressCase) throws {
    let given = vector.settings
    let settings = CallAppSettingsBuilder().setAppId(given.appId).setRegion(given.region ?? "")
      .setHost(given.host ?? "").overrideAdminHost(given.adminHost ?? "")
      .overrideClientHost(given.clientHost ?? "").build()
    do {
      let bases = try Bases(settings.values)
      #expect(bases.key == vector.keyBase)
      #expect(bases.token == vector.tokenBase)
      #expect(vector.code == nil)
    } catch let failure as CometChatCallException {
      #expect(failure.errorCode.rawValue == vector.code)
      #expect(!failure.errorDescription.contains("hunter2"))
    }
  }

  struct UserCase: Decodable, Sendable {
    struct User: Decodable, Sendable {
      let uid, name, avatar, status: String
      let lastActiveAt: Int?
    }

    let name: String
    let user: User?
  }

  @Test(arguments: Array(zip(cases("users.json", of: UserCase.self), field("data", of: "users.json"))))
  func user(_ vector: UserCase, _ data: Data) throws {
    guard let want = vector.user else {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(Me.self, from: data).session(sent: "ann_1", to: "https://example.com")
      }
      return
    }
    let user = CallsUser(
      try JSONDecoder().decode(Me.self, from: data).session(sent: "ann_1", to: "https://example.com").user)
    #expect(user.uid == want.uid)
    #expect(user.name ?? "" == want.name)
    #expect(user.avatar ?? "" == want.avatar)
    #expect(user.status.rawValue == want.status)
    #expect(user.lastActiveAt == want.lastActiveAt)
  }

  struct TokenCase: Decodable, Sendable {
    let name, jwt: String
  }

  @Test(arguments: Array(zip(cases("jwt.json", of: TokenCase.self), field("payload", of: "jwt.json"))))
  func jwt(_ vector: TokenCase, _ want: Data) throws {
    let payload = try CallsJWT.payload(vector.jwt).map { try JSONSerialization.jsonObject(with: $0) }
    let got = try JSONSerialization.data(
      withJSONObject: payload ?? NSNull(), options: [.fragmentsAllowed, .sortedKeys])
    #expect(String(decoding: got, as: UTF8.self) == String(decoding: want, as: UTF8.self))
  }

  struct AnswerCase: Decodable, Sendable {
    let name, call, body: String
    let status: Int
    let code: String?
    let ends: Bool
  }

  @Test(arguments: cases("answers.json", of: AnswerCase.self))
  func answer(_ vector: AnswerCase) async throws {
    let server = FakeServer()
    let client = try Client(server.settings(), Audiences())
    defer { client.close() }
    if vector.call == "other" { _ = try await client.logInByKey().get() }
    let spoilt = ["issue": "POST", "signIn": "PUT", "other": "GET"][vector.call]
    server.answer { request in
      request.httpMethod == spoilt
        ? FakeServer.Answer(status: vector.status, body: vector.body) : FakeServer.well(request)
    }
    let outcome = vector.call == "other" ? await client.checkSession().outcome : await client.logInByKey()
    #expect(outcome.code == vector.code)
    #expect(CallsErrorCode(rawValue: outcome.code ?? "").endsSession == vector.ends)
    if vector.call == "other" { #expect((client.session == nil) == vector.ends) }
  }
}

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../../../spec/vectors").standardizedFileURL

private struct Vectors<Case: Decodable>: Decodable {
  let cases: [Case]
}

private func cases<Case: Decodable>(_ file: String, of type: Case.Type) -> [Case] {
  do {
    return try JSONDecoder().decode(Vectors<Case>.self, from: Data(contentsOf: folder.appendingPathComponent(file)))
      .cases
  } catch {
    fatalError("\(file): \(error)")
  }
}

/// A field of each case as it is, whatever its shape.
private func field(_ name: String, of file: String) -> [Data] {
  guard let text = try? Data(contentsOf: folder.appendingPathComponent(file)),
    let object = try? JSONSerialization.jsonObject(with: text) as? [String: Any],
    let cases = object["cases"] as? [[String: Any]]
  else { fatalError("\(file) is not as its README says") }
  return cases.compactMap {
    try? JSONSerialization.data(withJSONObject: $0[name] ?? NSNull(), options: [.fragmentsAllowed, .sortedKeys])
  }
}
