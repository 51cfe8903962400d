import 'dart:async';

import 'codes_gen.dart';
import 'exception.dart';
import 'listener.dart';
import 'platform/platform.dart' as platform;
import 'session/client.dart';
import 'session/listeners.dart';
import 'settings.dart';
import 'storage.dart';
import 'user.dart';
import 'warning.dart';

/// Hears of what went well, with a user or a message.
typedef OnSuccess<T> = void Function(T result);

/// Hears of what went wrong.
typedef OnError = void Function(CometChatCallsException error);

/// Logs one user of a calling app in and out, and remembers who is in.
///
/// Methods that can fail call back, and give a future to await, too. With `onError` the future always
/// completes: with null after a failure, which the callback has heard of. Without it the future fails
/// with a [CometChatCallsException]. Methods that send requests settle within the time limit of each.
abstract final class CometChatCalls {
  static final _listeners = Listeners(_watchWhileHeard);
  // It outlives a second init, as files do.
  static final _memory = MemoryStorage();
  static Client? _client;
  static int _opening = 0;

  /// Says which app on which server, and takes up the stored session. It sends no request but for
  /// logouts that are still to be told. The future gives whether it succeeded. Codes:
  /// `ERROR_INVALID_SETTINGS`, `ERROR_STORAGE`.
  static Future<bool> init(
    CallAppSettings settings, {
    OnSuccess<String>? onSuccess,
    OnError? onError,
  }) async =>
      await _settle(() async {
        await _open(settings);
        return 'Initialised.';
      }, onSuccess, onError) !=
      null;

  /// Whether [init] has succeeded.
  static bool get isInitialized => _client != null;

  /// The logged-in user, or null. It sends no request: the server may have ended the session meanwhile.
  static Future<User?> getLoggedInUser() async => (await _client?.current())?.user;

  /// Whether somebody is logged in. It sends no request.
  static Future<bool> isUserLoggedIn() async => await _client?.current() != null;

  /// The session's auth token, or an empty text. Whoever has it can act as the user.
  static Future<String> getUserAuthToken() async => (await _client?.current())?.authToken ?? '';

  /// Logs a user in with an API key: for development only, since a key in an app is a key in
  /// everybody's hands. It is safe to call at every start: the user who is in already is given without
  /// a request, another one is replaced once the new login has succeeded.
  ///
  /// Codes, in the order of the checks: `ERROR_SDK_NOT_INITIALIZED`, `ERROR_LOGIN_IN_PROGRESS`,
  /// `ERROR_INVALID_UID`, `ERROR_UID_WITH_SPACE`, `ERROR_API_KEY_NOT_FOUND`, the server's,
  /// `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION`, `ERROR_STORAGE`; `ERROR_LOGIN_DISCARDED` when
  /// [logout] came meanwhile.
  static Future<User?> login({
    required String uid,
    required String authKey,
    OnSuccess<User>? onSuccess,
    OnError? onError,
  }) => _settle(() async => (await _initialized.login(uid, authKey)).user, onSuccess, onError);

  /// Logs in the user whom a token of the app's back end belongs to.
  ///
  /// Codes as for [login], with `ERROR_BLANK_AUTHTOKEN` and `ERROR_AUTHTOKEN_WITH_SPACE` in place of
  /// those of uid and key; `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` for a token that is no good.
  static Future<User?> loginWithAuthToken({
    required String authToken,
    OnSuccess<User>? onSuccess,
    OnError? onError,
  }) => _settle(
    () async => (await _initialized.loginWithAuthToken(authToken)).user,
    onSuccess,
    onError,
  );

  /// Ends the session, here at once and on the server; gives the server's message. Without a network
  /// it succeeds too, and the server is told later. Codes: `ERROR_SDK_NOT_INITIALIZED`,
  /// `ERROR_NO_USER_LOGGED_IN`, `ERROR_STORAGE`.
  static Future<String?> logout({OnSuccess<String>? onSuccess, OnError? onError}) =>
      _settle(() => _initialized.logout(), onSuccess, onError);

  /// Asks the server whether the session is still good; gives the user as they are now. Only
  /// `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` ends the session. Other codes: `ERROR_SDK_NOT_INITIALIZED`,
  /// `ERROR_NO_USER_LOGGED_IN`, the server's, `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION`.
  static Future<User?> checkSession({OnSuccess<User>? onSuccess, OnError? onError}) =>
      _settle(() async => (await _initialized.checkSession()).user, onSuccess, onError);

  /// As before [init]; what is stored stays, and the next [init] takes it up.
  static void close() {
    _opening++;
    _client?.close();
    _client = null;
  }

  /// What happens to the session, for as many as listen; it outlives [close] and [init]. A subscription
  /// keeps a program alive that shares its storage with others.
  static Stream<LoginEvent> get loginEvents => _listeners.events;

  /// As [loginEvents], with callbacks under an id. A listener with the same id is replaced.
  static void addLoginListener(String listenerId, CallsLoginListener listener) =>
      _listeners.add(listenerId, listener);

  /// It is no error when there is none of this id.
  static void removeLoginListener(String listenerId) => _listeners.remove(listenerId);

  static Client get _initialized =>
      _client ?? (throw CometChatCallsException(CallsCodes.notInitialized));

  static Future<void> _open(CallAppSettings settings) async {
    close();
    final opening = _opening;
    final warn = safely(settings.onWarning);
    final client = await Client.open(settings, (
      storage: settings.storage ?? _defaultStorage(warn),
      http: settings.http ?? platform.defaultHttp(),
      platform: platform.platform,
      userAgent: platform.userAgent,
      warn: warn,
      tell: (event) => _listeners.tell(event, warn),
    ));
    if (opening != _opening) {
      // Another init, or close, came meanwhile.
      client.close();
      return;
    }
    _client = client;
    _watchWhileHeard();
  }

  static void _watchWhileHeard() => _client?.watch(_listeners.isHeard);

  static SessionStorage _defaultStorage(Warn warn) {
    final storage = platform.defaultStorage();
    if (storage == null) {
      warn('The platform names no place for a session; it ends with the program.');
    }
    return storage ?? _memory;
  }
}

Future<T?> _settle<T>(
  Future<T> Function() call,
  OnSuccess<T>? onSuccess,
  OnError? onError,
) async {
  final T result;
  try {
    result = await call();
  } on CometChatCallsException catch (error) {
    if (onError == null) rethrow;
    // What a callback throws is the app's, not the call's.
    Zone.current.runUnaryGuarded(onError, error);
    return null;
  }
  if (onSuccess != null) Zone.current.runUnaryGuarded(onSuccess, result);
  return result;
}
