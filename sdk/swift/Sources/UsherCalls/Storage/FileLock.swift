#if !os(Windows)
  import Foundation

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// A lock between processes, on a file.
  enum FileLock {
    // Whoever holds it has a file or two to write. A program that holds it for longer is stuck, and must
    // not make others hang.
    private static let limit: TimeInterval = 5
    private static let pause: useconds_t = 2_000

    /// A file system without locks has nobody who could hold one.
    static func take(_ path: String) throws -> @Sendable () -> Void {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if file < 0 { throw POSIXFailure("open") }
      let began = DispatchTime.now().uptimeNanoseconds
      while flock(file, LOCK_EX | LOCK_NB) != 0 {
        let number = errno
        if [ENOTSUP, ENOSYS, ENOLCK].contains(number) { break }
        let waited = Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9
        if ![EWOULDBLOCK, EINTR].contains(number) || waited > limit {
          close(file)
          throw POSIXFailure("flock", number)
        }
        usleep(pause)
      }
      return { close(file) }
    }
  }
#endif
