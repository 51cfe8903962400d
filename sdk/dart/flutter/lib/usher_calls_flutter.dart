/// What an app on Flutter adds to `usher_calls`: a session in the phone's secure storage, and a look at
/// it when the app comes to the front.
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

/// Asks the server, each time the app comes to the front, whether the session is still good. A session
/// that was ended elsewhere ends here, too, and listeners hear `LogoutReason.revoked`.
final class SessionLifecycle with WidgetsBindingObserver {
  /// Call it after `WidgetsFlutterBinding.ensureInitialized()`.
  void start() => WidgetsBinding.instance.addObserver(this);

  void stop() => WidgetsBinding.instance.removeObserver(this);

  @override
  void didChangeAppLifecycleState(AppLifecycleState state) {
    if (state != AppLifecycleState.resumed) return;
    // A bad network is no reason to say anything, and neither is that nobody is in.
    unawaited(CometChatCalls.checkSession(onError: (_) {}));
  }
}
