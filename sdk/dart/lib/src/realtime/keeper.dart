import 'dart:async';

import '../exception.dart';
import '../listener.dart';
import '../session/session.dart';
import 'company.dart';
import 'live_socket.dart';
import 'pauses.dart';

/// A connection that lasted so long was worth it: the pauses begin anew. A server that drops everybody
/// whom it has let in must not be stormed.
const _lasting = Duration(seconds: 10);

/// Keeps one session connected until it leaves.
final class Keeper {
  Keeper(this._company, this.session, {required this.onState, required this.onUser});

  final Company _company;
  final void Function(CometChatWSState state) onState;
  final void Function(UserEvent event) onUser;

  /// The session to connect, which has a JWT: the newest one.
  Session session;

  final _pauses = Pauses();
  LiveSocket? _socket;
  bool _hasLeft = false;

  /// Works until it leaves, and begins when [earlier], the farewell of the keeper before, was said.
  Future<void> keep(Future<void> earlier) async {
    await earlier;
    while (!_hasLeft) {
      final ending = await _connect();
      if (_hasLeft) return;
      _company.warn('There is no realtime connection.', ending.why);
      // A verdict ends the session, and with it this; any other answer may bring a newer JWT.
      if (ending.isRefused) await _ask();
      if (!_hasLeft) await _pauses.pause();
    }
  }

  /// Ends the connection, or the work for one; nothing is told any more. The future completes when the
  /// server knows that, or has had the time to.
  Future<void> leave(Farewell farewell) async {
    _hasLeft = true;
    _pauses.stop();
    await _socket?.leave(farewell);
  }

  Future<Ending> _connect() async {
    Timer? worthIt;
    final socket =
        _socket = _company.dial(
          session,
          onProven: () {
            worthIt = Timer(_lasting, _pauses.reset);
            onState(CometChatWSState.connected);
          },
          // The user's own devices come and go unheard.
          onUser: (event) {
            if (!isSameUid(event.user.uid, session.uid)) onUser(event);
          },
        );
    final ending = await socket.ended;
    _socket = null;
    if (worthIt != null) {
      worthIt!.cancel();
      for (final state in [CometChatWSState.disconnected, CometChatWSState.connecting]) {
        if (!_hasLeft) onState(state);
      }
    }
    return ending;
  }

  Future<void> _ask() async {
    try {
      await _company.checkSession();
    } on CometChatCallsException catch (error) {
      if (!_hasLeft) _company.warn('The server refuses the realtime connection.', error);
    }
  }
}
