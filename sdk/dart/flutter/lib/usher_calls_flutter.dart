/// What an app on Flutter adds to `usher_calls`: a session in the phone's secure storage, offline in the
/// background, and a look at the session when the app comes to the front. It was compiled and tested
/// with stand-ins, and never run on Flutter.
library;

import 'dart:async';

import 'package:flutter/widgets.dart';
import 'package:flutter_secure_storage/flutter_secure_storage.dart';
import 'package:usher_calls/usher_calls.dart';

/// Keeps sessions in the Keychain, or encrypted with a key of the Keystore. A read that fails is an
/// error, `ERROR_STORAGE` of `CometChatCalls.init`, and never "nobody is logged in".
final class SecureStorage implements SessionStorage {
  const SecureStorage([this._storage = _readableOnceUnlocked]);

  // An app that is woken in the background reads its session, too, once the phone was unlocked.
  static const _readableOnceUnlocked = FlutterSecureStorage(
    iOptions: IOSOptions(accessibility: KeychainAccessibility.first_unlock),
  );

  final FlutterSecureStorage _storage;

  @override
  Future<String?> read(String key) => _storage.read(key: key);

  @override
  Future<void> write(String key, String text) => _storage.write(key: key, value: text);

  @override
  Future<void> remove(String key) => _storage.delete(key: key);
}

/// Takes the user offline when the app goes to the background, which is no logout, and online again when
/// it comes back. Then it asks the server, too, whether the session is still good: one that was ended
/// elsewhere ends here, and listeners hear `LogoutReason.revoked`.
final class SessionLifecycle with WidgetsBindingObserver {
  StreamSubscription<CometChatWSState>? _background;
  bool _comesBack = false;

  /// Call it after `WidgetsFlutterBinding.ensureInitialized()`.
  void start() {
    WidgetsBinding.instance.addObserver(this);
    if (WidgetsBinding.instance.lifecycleState == AppLifecycleState.paused) _goOffline();
  }

  void stop() {
    WidgetsBinding.instance.removeObserver(this);
    unawaited(_background?.cancel());
    _background = null;
  }

  @override
  void didChangeAppLifecycleState(AppLifecycleState state) {
    switch (state) {
      case AppLifecycleState.paused:
        _goOffline();
      case AppLifecycleState.resumed:
        _comeBack();
      case AppLifecycleState.inactive || AppLifecycleState.hidden || AppLifecycleState.detached:
        // The user still sees the app, or it has been paused, or will be.
        break;
    }
  }

  void _goOffline() {
    _disconnect(CometChatCalls.getConnectionStatus());
    // A login may end in the background, too: it connects when the app is back.
    _background ??= CometChatCalls.connectionEvents.listen(_disconnect);
  }

  void _disconnect(CometChatWSState state) {
    if (state == CometChatWSState.disconnected) return;
    _comesBack = true;
    CometChatCalls.disconnect();
  }

  // A bad network is no reason to say anything, and neither is that nobody is in.
  void _comeBack() {
    unawaited(_background?.cancel());
    _background = null;
    if (_comesBack) unawaited(CometChatCalls.connect(onError: (_) {}));
    _comesBack = false;
    unawaited(CometChatCalls.checkSession(onError: (_) {}));
  }
}
