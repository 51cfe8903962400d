import 'dart:async';

/// Where a session outlives the program, as texts under keys. Its methods may throw; the texts hold
/// credentials.
abstract interface class SessionStorage {
  /// The text under the key, or null.
  FutureOr<String?> read(String key);

  /// Replaces the text under the key. When it throws, the old text must still be there.
  FutureOr<void> write(String key, String text);

  /// It is no error when there is nothing under the key.
  FutureOr<void> remove(String key);
}

/// A storage that others may change at the same time, such as another process or browser tab. The
/// SDK follows what they do.
abstract interface class SharedSessionStorage implements SessionStorage {
  /// Waits, for a limited time, until nobody else has the lock, and gives what ends it. The SDK holds
  /// it only while it reads and writes.
  Future<void Function()> lock();

  /// Says that the text under the key perhaps changed; hints that are one too many do no harm.
  Stream<void> changes(String key);
}

/// A storage that ends with the program.
final class MemoryStorage implements SessionStorage {
  final _texts = <String, String>{};

  @override
  String? read(String key) => _texts[key];

  @override
  void write(String key, String text) => _texts[key] = text;

  @override
  void remove(String key) => _texts.remove(key);
}
