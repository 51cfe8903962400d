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
  static final _logins = Listeners<CallsLoginListener, LoginEvent>(
    (listener, event) => listener.hear(event),
    _followWhileHeard,
  );
  static final _connections = Listeners<CallsConnectionListener, CometChatWSState>(
    (listener, state) => listener.hear(state),
  );
  static final _users = Listeners<CallsUserListener, UserEvent>(
    (listener, event) => listener.hear(event),
  );
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

  /// How the realtime connection is; before [init] `disconnected`.
  static CometChatWSState getConnectionStatus() =>
      _client?.connectionState ?? CometChatWSState.disconnected;

  /// Has the session connected until it ends or [disconnect] is called, and waits for the connection,
  /// no longer than a request may take; after that it is still being worked on. Needed only where the
  /// settings say `autoEstablishSocketConnection: false`, and after [disconnect]. The future gives
  /// whether there is a connection. Codes: `ERROR_SDK_NOT_INITIALIZED`, `ERROR_NO_USER_LOGGED_IN`,
  /// `ERROR_IO_EXCEPTION`, and `ERROR_JSON_EXCEPTION` when the server gave nothing to connect with.
  static Future<bool> connect({OnSuccess<String>? onSuccess, OnError? onError}) async =>
      await _settle(() async {
        await _initialized.connect();
        return 'Connected.';
      }, onSuccess, onError) !=
      null;

  /// Ends the realtime connection: the user is offline, and stays logged in. Nothing connects before
  /// [connect] or the next login.
  static void disconnect() => _client?.disconnect();

  /// As before [init]; what is stored stays, and the next [init] takes it up.
  static void close() {
    _opening++;
    _client?.close();
    _client = null;
  }

  /// What happens to the session, for as many as listen; it outlives [close] and [init]. A subscription
  /// keeps a program alive that shares its storage with others, until [close].
  static Stream<LoginEvent> get loginEvents => _logins.events;

  /// As [loginEvents], with callbacks under an id. A listener with the same id is replaced.
  static void addLoginListener(String listenerId, CallsLoginListener listener) =>
      _logins.add(listenerId, listener);

  /// It is no error when there is none of this id.
  static void removeLoginListener(String listenerId) => _logins.remove(listenerId);

  /// How the realtime connection changes; it outlives [close] and [init].
  static Stream<CometChatWSState> get connectionEvents => _connections.events;

  /// As [connectionEvents], with callbacks under an id. A listener with the same id is replaced.
  static void addConnectionListener(String listenerId, CallsConnectionListener listener) =>
      _connections.add(listenerId, listener);

  /// It is no error when there is none of this id.
  static void removeConnectionListener(String listenerId) => _connections.remove(listenerId);

  /// Who else comes and goes, as far as the settings subscribe to it; it outlives [close] and [init].
  static Stream<UserEvent> get userEvents => _users.events;

  /// As [userEvents], with callbacks under an id. A listener with the same id is replaced.
  static void addUserListener(String listenerId, CallsUserListener listener) =>
      _users.add(listenerId, listener);

  /// It is no error when there is none of this id.
  static void removeUserListener(String listenerId) => _users.remove(listenerId);

  static Client get _initialized =>
      _client ?? (throw CometChatCallsException(CallsCodes.notInitialized));

  static Future<void> _open(CallAppSettings settings) async {
    close();
    final opening = _opening;
    final warn = safely(settings.onWarning);
    final http = settings.http ?? platform.defaultHttp();
    final client = await Client.open(settings, (
      storage: settings.storage ?? _defaultStorage(warn),
      http: http,
      sockets: settings.sockets ?? platform.socketsBeside(http),
      platform: platform.platform,
      userAgent: platform.userAgent,
      warn: warn,
      tell: (event) => _logins.tell(event, warn),
      tellState: (state) => _connections.tell(state, warn),
      tellUser: (event) => _users.tell(event, warn),
    ));
    if (opening != _opening) {
      // Another init, or close, came meanwhile.
      client.close();
      return;
    }
    _client = client;
    _followWhileHeard();
    client.start();
  }

  static void _followWhileHeard() => _client?.isHeard = _logins.isHeard;

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
