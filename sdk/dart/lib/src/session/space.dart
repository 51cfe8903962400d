import 'dart:async';

import '../codes_gen.dart';
import '../exception.dart';
import '../storage.dart';
import '../warning.dart';

/// The entries of a space.
enum Entry { session, revocations, device }

/// The entries of one app at one server in a storage; nothing else there is touched. What fails there
/// is warned of and thrown as the SDK's own error.
final class Space {
  Space(this._storage, String appId, String base, this._warn) : _prefix = 'usher/$appId@$base/';

  final SessionStorage _storage;
  final String _prefix;
  final Warn _warn;
  Future<void> _last = Future.value();
  int _steps = 0;

  bool get isShared => _storage is SharedSessionStorage;

  /// Whether something is being read or written.
  bool get isBusy => _steps > 0;

  /// Hints that somebody may have changed an entry; never where nobody else can.
  Stream<void> changes(Entry entry) => switch (_storage) {
    final SharedSessionStorage storage => storage.changes(_keyOf(entry)),
    _ => const Stream.empty(),
  };

  /// Runs a step after those before it.
  Future<T> inTurn<T>(Future<T> Function(Entries entries) step) async {
    _steps++;
    final (before, done) = (_last, Completer<void>());
    _last = done.future;
    await before;
    try {
      return await step(Entries._(this));
    } finally {
      _steps--;
      done.complete();
    }
  }

  /// Runs a step in its turn while nobody else writes.
  Future<T> exclusively<T>(Future<T> Function(Entries entries) step) => inTurn((entries) async {
    final storage = _storage;
    if (storage is! SharedSessionStorage) return step(entries);
    final unlock = await _try('locked', storage.lock);
    try {
      return await step(entries);
    } finally {
      unlock();
    }
  });

  String _keyOf(Entry entry) => '$_prefix${entry.name}';

  Future<T> _try<T>(String what, FutureOr<T> Function() access) async {
    try {
      return await access();
    } catch (cause) {
      _warn('The storage could not be $what.', cause);
      throw CometChatCallsException(CallsCodes.storageFailed);
    }
  }
}

/// What a step does with the entries.
final class Entries {
  Entries._(this._space);

  final Space _space;

  Future<String?> read(Entry entry) =>
      _space._try('read', () => _space._storage.read(_space._keyOf(entry)));

  /// Replaces the text, or removes it when it is null.
  Future<void> put(Entry entry, String? text) {
    final (storage, key) = (_space._storage, _space._keyOf(entry));
    if (text == null) return _space._try('cleared', () => storage.remove(key));
    return _space._try('written', () => storage.write(key, text));
  }
}
