import Foundation
import Testing

@testable import UsherCalls

struct StorageTests {
  @Test(arguments: ["memory", "files"])
  func keepsEachEntryApart(_ kind: String) throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let storage: any CallsStorage = kind == "memory" ? MemoryStorage() : FileStorage(directory: folder + "/made/now")
    let (key, alike) = ("session a@https://x", "session a@https:/_x")
    #expect(try storage.load(key) == nil)
    try storage.remove(key)
    try storage.save(Data("one".utf8), for: key)
    try storage.save(Data("two".utf8), for: alike)
    #expect(try storage.load(key) == Data("one".utf8))
    try storage.save(Data("three".utf8), for: key)
    #expect(try storage.load(key) == Data("three".utf8))
    try storage.remove(key)
    #expect(try storage.load(key) == nil)
    #expect(try storage.load(alike) == Data("two".utf8))
  }

  @Test func onlyTheOwnerMayReadFiles() throws {
    let folder = temporaryFolder() + "/made"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let storage = FileStorage(directory: folder)
    try storage.lock()()
    try storage.save(Data("secret".utf8), for: "session")
    #expect(try mode(folder) == 0o700)
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
      #expect(try mode(folder + "/" + file) == 0o600)
    }
  }

  @Test func takesTheLockOneAfterTheOther() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let storage = FileStorage(directory: folder)
    let (writers, rounds) = (4, 25)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<writers {
        group.addTask {
          for _ in 0..<rounds {
            let unlock = try storage.lock()
            let count = try storage.load("count").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
            try storage.save(Data("\(count + 1)".utf8), for: "count")
            unlock()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try storage.load("count") == Data("\(writers * rounds)".utf8))
  }

  @Test func aFileCutOffAnywhereCountsAsNobody() async throws {
    let (server, storage) = (FakeServer(), MemoryStorage())
    let first = try Client(server.settings(storage), Audiences())
    _ = try await first.logInByKey().get()
    first.close()
    let key = "session app-1@http://\(server.host)"
    let whole = try #require(storage.load(key))
    for length in 0..<whole.count {
      storage.save(whole.prefix(length), for: key)
      let client = try Client(server.settings(storage), Audiences())
      #expect(client.session == nil, "\(length) of \(whole.count) bytes")
      client.close()
    }
    storage.save(whole.prefix(whole.count / 2), for: key)
    let client = try Client(server.settings(storage), Audiences())
    _ = try await client.logInByKey().get()
    client.close()
    let restored = try Client(server.settings(storage), Audiences())
    #expect(restored.session?.user.uid == "ann")
    restored.close()
  }

  @Test func filesCutInHalfAreNoTrouble() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (server, storage) = (FakeServer(), FileStorage(directory: folder))
    // One user is in, and another's logout waits for the server.
    let first = try Client(server.settings(storage), Audiences())
    _ = try await first.login(Attempt(.token("ann_0"))).outcome.get()
    server.answer { _ in .init(status: 503, body: "") }
    _ = try await first.logout().outcome.get()
    server.answer { $0.httpMethod == "DELETE" ? nil : FakeServer.well($0) }
    _ = try await first.logInByKey().get()
    first.close()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "lock" }
    #expect(files.count == 3, "\(files)")
    for file in files {
      let url = URL(fileURLWithPath: folder + "/" + file)
      let whole = try Data(contentsOf: url)
      try whole.prefix(whole.count / 2).write(to: url)
    }
    server.answer(FakeServer.well)
    let client = try Client(server.settings(storage), Audiences())
    #expect(client.session == nil)
    _ = try await client.logInByKey().get()
    client.close()
    let restored = try Client(server.settings(storage), Audiences())
    #expect(restored.session?.user.uid == "ann")
    restored.close()
  }

  /// Locks are between open files, so that clients of one process meet as those of several do.
  @Test(.timeLimit(.minutes(1)))
  func clientsThatWriteAtOnceEndAgreed() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (server, storage) = (FakeServer(), FileStorage(directory: folder))
    let clients = try (0..<4).map { _ in try Client(server.settings(storage), Audiences()) }
    defer { for client in clients { client.close() } }
    await withTaskGroup(of: Void.self) { group in
      for (number, client) in clients.enumerated() {
        group.addTask {
          for round in 0..<10 {
            // Either may be refused, since another client logs out meanwhile.
            _ = await client.login(Attempt(.token("ann_\(number)_\(round)"))).outcome
            if round % 3 == 2 { _ = await client.logout().outcome }
          }
        }
      }
    }
    let fresh = try Client(server.settings(storage), Audiences())
    defer { fresh.close() }
    let stored = fresh.session?.authToken
    // Old tokens are still being revoked, and whoever writes does not look at what others did.
    try await eventually("all agree") { clients.allSatisfy { $0.session?.authToken == stored } }
    try await eventually("nothing is half written") {
      (try? FileManager.default.contentsOfDirectory(atPath: folder))?.contains { $0.hasSuffix(".new") } == false
    }
  }

  /// A folder below a file stands for one that cannot be written to: it holds for root too.
  @Test func aFolderThatCannotBeWrittenFailsTheLogin() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(fileURLWithPath: folder + "/file"))
    try await expectStorageFailure(FileStorage(directory: folder + "/file/sessions"))
  }

  @Test func aReadOnlyFolderKeepsItsSession() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (server, storage) = (FakeServer(), FileStorage(directory: folder))
    let first = try Client(server.settings(storage), Audiences())
    _ = try await first.logInByKey().get()
    first.close()
    try makeReadOnly(folder)
    defer { try? makeWritable(folder) }
    let client = try Client(server.settings(storage), Audiences())
    defer { client.close() }
    #expect(client.session?.user.uid == "ann")
    #expect(await client.login(Attempt(.token("other"))).outcome.code == "ERROR_STORAGE")
    #expect(client.session?.authToken == "ann_1")
    #expect(await client.logout().outcome.code == "ERROR_STORAGE")
    #expect(client.session == nil)
  }

  @Test func aLockedKeychainIsNotNobody() throws {
    let interactionNotAllowed: Int32 = -25308
    #expect(throws: KeychainStatus.Failure.self) { try KeychainStatus.found(interactionNotAllowed) }
    #expect(throws: KeychainStatus.Failure.self) { try KeychainStatus.added(interactionNotAllowed) }
    #expect(try KeychainStatus.found(KeychainStatus.success))
    #expect(try !KeychainStatus.found(KeychainStatus.notFound))
    #expect(try KeychainStatus.added(KeychainStatus.success))
    #expect(try !KeychainStatus.added(KeychainStatus.duplicate))
  }

  private func expectStorageFailure(_ storage: FileStorage) async throws {
    let server = FakeServer()
    let client = try Client(server.settings(storage), Audiences())
    defer { client.close() }
    #expect(await client.logInByKey().code == "ERROR_STORAGE")
    #expect(client.session == nil)
    // The token of the login that failed is not left alive.
    while !server.requests.contains("DELETE /me") { await Task.yield() }
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}

/// Root writes to a folder whatever its mode, but not through a mount that is read-only.
private func makeReadOnly(_ folder: String) throws {
  if geteuid() == 0 {
    try run("mount", "--bind", folder, folder)
    try run("mount", "-o", "remount,ro,bind", folder)
  } else {
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
  }
}

private func makeWritable(_ folder: String) throws {
  if geteuid() == 0 {
    try run("umount", folder)
  } else {
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
  }
}

private func run(_ command: String...) throws {
  let process = try Process.run(URL(fileURLWithPath: "/usr/bin/env"), arguments: command)
  process.waitUntilExit()
  if process.terminationStatus != 0 { throw CocoaError(.fileWriteUnknown) }
}

private func temporaryFolder() -> String {
  let folder = NSTemporaryDirectory() + "usher-calls-" + UUID().uuidString
  guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil else {
    fatalError("\(folder) cannot be made")
  }
  return folder
}
