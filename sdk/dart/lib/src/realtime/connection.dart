import 'dart:async';

import '../codes_gen.dart';
import '../exception.dart';
import '../listener.dart';
import '../session/answer.dart';
import '../session/session.dart';
import 'company.dart';
import 'keeper.dart';
import 'live_socket.dart';

/// The realtime connection of whatever session there is. Nothing that becomes of a connection ends the
/// session; when the server refuses one, the API is asked, whose verdict does.
final class Connection {
  Connection(this._company, {required this.onState, required this.onUser});

  final Company _company;
  final void Function(CometChatWSState state) onState;
  final void Function(UserEvent event) onUser;

  Session? _session;
  late bool _isWanted = _isAutomatic;
  bool _isStarted = false;
  bool _isClosed = false;
  CometChatWSState _state = CometChatWSState.disconnected;

  /// Completes, and is replaced, when there is something new for [connect].
  Completer<void> _changed = Completer();

  /// Works for a connection; null when nobody does.
  Keeper? _keeper;

  /// Completes when the keeper before has let go of its connection.
  Future<void> _farewell = Future.value();

  CometChatWSState get state => _state;

  /// Whether a session that begins or ends elsewhere is this connection's business.
  bool get needsNews => !_isClosed && (_isAutomatic || _keeper != null);

  bool get _isAutomatic => _company.settings.autoEstablishSocketConnection;

  /// From now on the client can be asked, and listeners are told.
  void start() {
    _isStarted = true;
    _settle();
  }

  /// Takes another session, none, or the same with newer facts. It tells nobody before it has returned.
  void take(Session? session) {
    final isSame = session?.authToken == _session?.authToken;
    _session = session;
    if (!isSame) {
      _isWanted = _isAutomatic;
      _hangUp(Farewell.loggedOut);
    } else if (session?.jwt != null) {
      // An answer without a JWT leaves the one there is.
      _keeper?.session = session!;
    }
    // Listeners hear when whoever changes the session is done with it.
    scheduleMicrotask(_settle);
  }

  /// Completes once there is a connection, and fails after the time limit of a request: the work for it
  /// goes on.
  Future<void> connect() async {
    if (_session == null) throw _nobody();
    if (_session!.jwt == null) throw unusable();
    _isWanted = true;
    _settle();
    final (asked, late) = (_keeper, Completer<void>());
    final timer = Timer(_company.transport.timeout, late.complete);
    while (_state != CometChatWSState.connected && identical(_keeper, asked) && !late.isCompleted) {
      await Future.any([_changed.future, late.future]);
    }
    timer.cancel();
    if (_session == null) throw _nobody();
    if (_state != CometChatWSState.connected) throw unreached();
  }

  /// Ends the connection and leaves the session.
  void disconnect() {
    _isWanted = false;
    _hangUp(Farewell.loggedOut);
    _settle();
  }

  /// Ends the connection for good, and tells no listener.
  void close() {
    _isClosed = true;
    _session = null;
    _hangUp(Farewell.goingAway);
    _state = CometChatWSState.disconnected;
    _wake();
  }

  void _hangUp(Farewell farewell) {
    if (_keeper case final keeper?) _farewell = keeper.leave(farewell);
    _keeper = null;
  }

  // Brings the work, and what listeners know, in line with what is wanted.
  void _settle() {
    if (_isClosed || !_isStarted) return;
    if (_keeper == null && _state != CometChatWSState.disconnected) {
      _change(CometChatWSState.disconnected);
    }
    // A listener may have changed what is wanted, and had it settled.
    final session = _session;
    if (_isClosed || _keeper != null || !_isWanted || session?.jwt == null) return;
    final keeper = _keeper = Keeper(_company, session!, onState: _change, onUser: onUser);
    unawaited(keeper.keep(_farewell));
    _change(CometChatWSState.connecting);
  }

  void _change(CometChatWSState state) {
    _state = state;
    onState(state);
    _wake();
  }

  void _wake() {
    final changed = _changed;
    _changed = Completer();
    changed.complete();
  }

  CometChatCallsException _nobody() => CometChatCallsException(
    _isClosed ? CallsCodes.notInitialized : CallsCodes.noUserLoggedIn,
  );
}
