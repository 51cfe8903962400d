part of 'client.dart';

/// How a client learns of what other programs, or browser tabs, do in a storage that it shares with
/// them. It does so by itself only while somebody listens or whoever is in is to be connected: a
/// program that waits for nothing ends.
extension Following on Client {
  /// Says whether anybody listens for logins and logouts.
  set isHeard(bool isHeard) {
    _isHeard = isHeard;
    _watchAsNeeded();
  }

  // Begins or ends to look at the storage whenever it may have changed.
  void _watchAsNeeded() {
    final wanted = !_isClosed && (_isHeard || _connection.needsNews);
    if (wanted == (_watch != null) || !_space.isShared) return;
    if (!wanted) {
      unawaited(_watch?.cancel());
      _watch = null;
      return;
    }
    void gone(Object cause) => _warn('The storage is not watched.', cause);
    _watch = _space
        .changes(Entry.session)
        .listen((_) => _follow(waiting: true), onError: gone, cancelOnError: true);
    unawaited(_follow(waiting: true));
  }

  // A getter does not wait for what is being written; who acts on what there is does.
  Future<void> _follow({bool waiting = false}) async {
    if (!_space.isShared || _isClosed || (_space.isBusy && !waiting)) return;
    try {
      await _space.inTurn((entries) async {
        final epoch = _epoch;
        final text = await entries.read(Entry.session);
        if (epoch == _epoch && text != _seen && !_isClosed) _takeOver(text);
      });
    } on CometChatCallsException {
      // A failing read is not "nobody".
    }
  }

  void _takeOver(String? text) {
    final (before, stored) = (_session, _decode(text));
    _seen = text;
    _become(stored);
    if (stored?.authToken == before?.authToken) return;
    _tell(
      stored == null ? const LogoutSuccess(LogoutReason.elsewhere) : LoginSuccess(stored.user),
    );
  }
}
