import 'dart:async';

import '../codes_gen.dart';
import '../exception.dart';
import '../http.dart';
import '../listener.dart';
import '../realtime/company.dart';
import '../realtime/connection.dart';
import '../settings.dart';
import '../sockets.dart';
import '../storage.dart';
import '../warning.dart';
import 'answer.dart';
import 'attempt.dart';
import 'device.dart';
import 'hosts.dart';
import 'revocations.dart';
import 'session.dart';
import 'signin.dart';
import 'space.dart';
import 'transport.dart';

part 'follow.dart';
part 'login.dart';

/// What a client is made of besides the app's settings.
typedef Surroundings =
    ({
      SessionStorage storage,
      CallsHttp http,
      CallsSockets sockets,
      String platform,
      String userAgent,
      Warn warn,
      void Function(LoginEvent event) tell,
      void Function(CometChatWSState state) tellState,
      void Function(UserEvent event) tellUser,
    });

/// The message of a logout when the server has none.
const _loggedOut = 'Logged out.';

/// One app at one base URL, and who is logged in to it: spec/session.md says how it behaves.
final class Client {
  Client._(this._settings, this._around, this._space, this._transport, this._device)
    : _revocations = Revocations(_space, _transport, _around.warn);

  final CallAppSettings _settings;
  final Surroundings _around;
  final Space _space;
  final Transport _transport;
  final Device _device;
  final Revocations _revocations;
  late final _connection = Connection(
    Company(
      settings: _settings,
      sockets: _around.sockets,
      transport: _transport,
      device: _device,
      warn: _warn,
      checkSession: checkSession,
    ),
    onState: (state) {
      _watchAsNeeded();
      _around.tellState(state);
    },
    onUser: _around.tellUser,
  );
  StreamSubscription<void>? _watch;
  bool _isHeard = false;
  Session? _session;
  Attempt? _attempt;
  bool _isClosed = false;

  /// The text of the stored session that this client knows of: another one is news from elsewhere.
  String? _seen;

  /// Counts what changes memory ahead of the storage: what was read before that is no news.
  int _epoch = 0;

  /// Makes a client and takes up the stored session, if any. It waits for no request.
  static Future<Client> open(CallAppSettings settings, Surroundings around) async {
    final CallAppSettings(:appId, :timeout) = settings;
    final bases = findBases(settings);
    if (timeout <= Duration.zero) throw refusedSettings('The time limit is not above zero.');
    if (settings.subscriptionType == CometChatSubscriptionType.roles && settings.roles.isEmpty) {
      throw refusedSettings('The subscription to roles names none.');
    }
    final Surroundings(:platform, :userAgent) = around;
    final space = Space(around.storage, appId, bases.token, around.warn);
    final transport = Transport(
      appId: appId,
      bases: bases,
      resource: newResource(platform),
      userAgent: userAgent,
      timeout: timeout,
      http: around.http,
    );
    final device = await findDevice(space, appId, platform, userAgent);
    final client = Client._(settings, around, space, transport, device);
    await client._restore();
    return client;
  }

  Warn get _warn => _around.warn;

  /// Begins to connect, and to tell listeners of it.
  void start() {
    _connection.start();
    _watchAsNeeded();
  }

  /// How the realtime connection is.
  CometChatWSState get connectionState => _connection.state;

  /// Has the session connected until it ends, and waits for the first connection.
  Future<void> connect() async {
    await _follow();
    await _connection.connect();
  }

  /// Ends the connection; the session stays.
  void disconnect() => _connection.disconnect();

  /// Who is logged in. In a storage that others use too, it looks what they did.
  Future<Session?> current() async {
    await _follow();
    return _session;
  }

  Future<Session> login(String uid, String key) => _login(() => ByKey(uid, key));

  Future<Session> loginWithAuthToken(String token) => _login(() => ByToken(token));

  /// Gives the server's message. Memory comes first, then the storage, then the server.
  Future<String> logout() async {
    var ended = _session;
    _discardLogin();
    _become(null);
    _epoch++;
    if (ended == null && !_space.isShared) throw _logoutFailed(_nobody());
    CometChatCallsException? failure;
    try {
      ended = await _space.exclusively((entries) => _endStored(entries, ended));
    } on CometChatCallsException catch (error) {
      failure = error;
    }
    if (ended == null) throw _logoutFailed(_nobody());
    _tell(const LogoutSuccess(LogoutReason.userInitiated));
    final message = await _revocations.ask(ended.authToken);
    if (failure != null) throw _logoutFailed(failure);
    return message ?? _loggedOut;
  }

  // Gives whom the logout ends: who was in here, or whom another program has logged in since.
  Future<Session?> _endStored(Entries entries, Session? known) async {
    final text = await entries.read(Entry.session);
    final ended = (text == _seen ? null : _decode(text)) ?? known;
    if (ended == null) return null;
    try {
      await _revocations.addIn(entries, ended.authToken);
    } on CometChatCallsException {
      // The space has warned; the server is asked all the same.
    }
    if (text != null) await entries.put(Entry.session, null);
    _seen = null;
    return ended;
  }

  /// Asks the server whether the session is still good, and for its user as they are now.
  Future<Session> checkSession() async {
    await _follow();
    final asked = _session;
    if (asked == null) throw _nobody();
    Session? fresh;
    CometChatCallsException? failure;
    try {
      fresh = await _askForMe(asked);
    } on CometChatCallsException catch (error) {
      failure = error;
    }
    final current = _session;
    if (current == null) throw _nobody();
    final isStillIn = current.authToken == asked.authToken;
    if (failure != null) {
      if (isStillIn && failure.isVerdict) await _endRevoked(current);
      throw failure;
    }
    if (isStillIn) await _refresh(fresh!);
    return isStillIn ? fresh! : current;
  }

  /// Lets go of everything but what is stored.
  void close() {
    _isClosed = true;
    _discardLogin();
    _connection.close();
    _session = null;
    _epoch++;
    _watchAsNeeded();
  }

  // Every change of the session comes through here, and of what is known of its user.
  void _become(Session? next) {
    _session = next;
    _connection.take(next);
  }

  Future<void> _restore() async {
    final text = await _space.inTurn((entries) => entries.read(Entry.session));
    final stored = _decode(text);
    final toRevoke = await _revocations.list();
    _seen = text;
    if (stored != null && toRevoke.contains(stored.authToken)) {
      // A logout was cut off before it came to this.
      await _forgetStored(stored);
    } else {
      _become(stored);
    }
    if (toRevoke.isNotEmpty) unawaited(_revocations.retry());
  }

  Future<Session> _askForMe(Session session) async {
    final token = session.authToken;
    final me = decodeMe(await _transport.send(ApiCall('GET', ['me'], token: token)), token);
    if (!isSameUid(me.uid, session.uid)) throw unusable();
    return me.withToken(token);
  }

  Future<void> _endRevoked(Session session) async {
    _become(null);
    _epoch++;
    await _forgetStored(session);
    _tell(const LogoutSuccess(LogoutReason.revoked));
  }

  Future<void> _refresh(Session fresh) async {
    final encoded = fresh.encode();
    _become(fresh);
    try {
      await _space.exclusively((entries) async {
        final text = await entries.read(Entry.session);
        if (text == null || decodeSession(text)?.authToken != fresh.authToken) return;
        await entries.put(Entry.session, encoded);
        _seen = encoded;
      });
    } on CometChatCallsException {
      // The space has warned: the user is given all the same.
    }
  }

  // Never fails, for where something else is the result of the call: the space has warned.
  Future<void> _forgetStored(Session session) async {
    try {
      await _space.exclusively((entries) => _removeStored(entries, session));
    } on CometChatCallsException {
      return;
    }
  }

  // Another program's session that is stored meanwhile stays.
  Future<void> _removeStored(Entries entries, Session session) async {
    final text = await entries.read(Entry.session);
    final stored = text == null ? null : decodeSession(text);
    if (stored != null && stored.authToken != session.authToken) return;
    if (text != null) await entries.put(Entry.session, null);
    _seen = null;
  }

  Session? _decode(String? text) {
    if (text == null) return null;
    final stored = decodeSession(text);
    if (stored == null) _warn('The stored session cannot be used; nobody is logged in.');
    return stored;
  }

  CometChatCallsException _nobody() => CometChatCallsException(
    _isClosed ? CallsCodes.notInitialized : CallsCodes.noUserLoggedIn,
  );

  CometChatCallsException _logoutFailed(CometChatCallsException error) {
    _tell(LogoutFailure(error));
    return error;
  }

  void _tell(LoginEvent event) {
    if (!_isClosed) _around.tell(event);
  }
}
