#if !os(Windows)
  import Foundation

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// Keeps each entry in a file of its own. Only the owner may read them: files have mode 0600, a folder
  /// that is made here 0700. A file is replaced as a whole, so that a crash leaves the old value or the new.
  ///
  /// Programs may use the same folder at the same time.
  public struct FileStorage: SharedCallsStorage {
    private let directory: String

    /// The folder is made when something is first stored in it.
    public init(directory: String) { self.directory = directory }

    public func load(_ key: String) throws -> Data? {
      let file = open(path(key), O_RDONLY | O_CLOEXEC)
      if file < 0 {
        // A part of the path that is no folder holds no file either.
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw POSIXFailure("open")
      }
      defer { close(file) }
      var value = Data()
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while true {
        let count = read(file, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw POSIXFailure("read") }
        if count == 0 { return value }
        value.append(contentsOf: buffer[..<count])
      }
    }

    public func save(_ value: Data, for key: String) throws {
      try makeDirectory()
      // Whoever writes has the lock, so that the name is free, or left over by a program that ended.
      let unfinished = path(key) + ".new"
      do {
        try write(value, to: unfinished)
        if rename(unfinished, path(key)) != 0 { throw POSIXFailure("rename") }
      } catch {
        unlink(unfinished)
        throw error
      }
      // Whatever this says, every reader now finds the new value: an error would mean that the old one
      // is still there.
      try? syncDirectory()
    }

    public func remove(_ key: String) throws {
      if unlink(path(key)) == 0 { return try syncDirectory() }
      if errno != ENOENT && errno != ENOTDIR { throw POSIXFailure("unlink") }
    }

    public func lock() throws -> @Sendable () -> Void {
      try makeDirectory()
      return try FileLock.take(directory + "/lock")
    }

    private func write(_ value: Data, to path: String) throws {
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if file < 0 { throw POSIXFailure("open") }
      defer { close(file) }
      var rest = value[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw POSIXFailure("write") }
        rest = rest.dropFirst(count)
      }
      if fsync(file) != 0 { throw POSIXFailure("fsync") }
    }

    private func makeDirectory() throws {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Makes a rename or a removal outlive a loss of power, so that an ended session does not come back.
    private func syncDirectory() throws {
      let folder = open(directory, O_RDONLY | O_CLOEXEC)
      if folder < 0 { throw POSIXFailure("open") }
      defer { close(folder) }
      if fsync(folder) != 0 { throw POSIXFailure("fsync") }
    }

    /// What can be read of the key, then its hash (FNV-1a), which keeps keys apart that read alike.
    private func path(_ key: String) -> String {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      let readable = key.unicodeScalars.prefix(80).map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-")
          ? Character(scalar) : "_"
      }
      return "\(directory)/\(String(readable))-\(String(hash, radix: 16))"
    }
  }

  private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
  }

  /// A call of the system that failed.
  struct POSIXFailure: Error, CustomStringConvertible {
    let call: String
    let number: Int32

    init(_ call: String, _ number: Int32 = errno) {
      self.call = call
      self.number = number
    }

    var description: String { "\(call): \(String(cString: strerror(number)))" }
  }
#endif
