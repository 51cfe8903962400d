import 'dart:async';
import 'dart:js_interop';

import '../storage.dart';

/// Keeps sessions in the browser's localStorage, which all tabs share and which outlives them.
final class WebStorage implements SharedSessionStorage {
  WebStorage._(this._storage);

  final _Storage _storage;

  /// Null where there is no storage, or the user forbade it: even the look at it throws there.
  static WebStorage? ifAllowed() {
    try {
      return WebStorage._(_localStorage);
    } catch (_) {
      return null;
    }
  }

  @override
  String? read(String key) => _storage.getItem(key);

  @override
  void write(String key, String text) => _storage.setItem(key, text);

  @override
  void remove(String key) => _storage.removeItem(key);

  /// Tabs write without a lock: each write is whole, and whoever writes last is followed.
  @override
  Future<void Function()> lock() async => () {};

  @override
  Stream<void> changes(String key) => Stream.multi((listener) {
    final onStorage =
        ((_StorageEvent event) {
          // Without a key the whole storage was cleared.
          if (event.key == null || event.key == key) listener.add(null);
        }).toJS;
    _addEventListener('storage', onStorage);
    listener.onCancel = () => _removeEventListener('storage', onStorage);
  });
}

@JS('localStorage')
external _Storage get _localStorage;

@JS('addEventListener')
external void _addEventListener(String type, JSFunction listener);

@JS('removeEventListener')
external void _removeEventListener(String type, JSFunction listener);

extension type _Storage._(JSObject _) implements JSObject {
  external String? getItem(String key);
  external void setItem(String key, String text);
  external void removeItem(String key);
}

extension type _StorageEvent._(JSObject _) implements JSObject {
  external String? get key;
}
