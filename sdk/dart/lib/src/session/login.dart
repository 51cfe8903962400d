part of 'client.dart';

/// How a login goes, and what becomes of one that is discarded.
extension _LoggingIn on Client {
  Future<Session> _login(Wanted Function() want) async {
    if (_attempt != null) throw CometChatCallsException(CallsCodes.loginInProgress);
    Attempt? attempt;
    try {
      _attempt = attempt = Attempt(want());
      return await attempt.settle(_run(attempt));
    } catch (error) {
      if (identical(_attempt, attempt)) _attempt = null;
      if (error is CometChatCallsException) _tell(LoginFailure(error));
      rethrow;
    }
  }

  // It goes on after the attempt was discarded, to end what the server gave.
  Future<Session> _run(Attempt attempt) async {
    final wanted = attempt.wanted;
    if (_space.isShared) await _follow(waiting: true);
    attempt.stopIfDiscarded();
    if (_session case final current? when wanted.isIn(current)) {
      _attempt = null;
      _tell(LoginSuccess(current.user));
      return current;
    }
    if (wanted is ByToken) _revocations.spare(wanted.token);
    unawaited(_revocations.retry());
    Session? fresh;
    try {
      switch (wanted) {
        case ByKey(:final uid, :final key):
          attempt.given = await issueToken(_transport, _device, uid, key);
          attempt.stopIfDiscarded();
          fresh = await signIn(_transport, _device, attempt.given);
          if (!isSameUid(fresh.uid, uid)) {
            // Whose token it is nobody knows, so it is not ours to end.
            attempt.given = '';
            fresh = null;
            throw unusable();
          }
          attempt.given = fresh.authToken;
        case ByToken(:final token):
          fresh = await signIn(_transport, _device, token);
      }
      await _keep(attempt, fresh);
      return fresh;
    } on CometChatCallsException catch (error) {
      // A token of the app's own is ended only when somebody logged out meanwhile.
      final unwanted = attempt.isDiscarded && fresh != null ? fresh.authToken : attempt.given;
      if (unwanted.isNotEmpty && !error.isVerdict) unawaited(_revocations.revoke(unwanted));
      rethrow;
    } finally {
      if (wanted is ByToken) _revocations.unspare(wanted.token);
    }
  }

  Future<void> _keep(Attempt attempt, Session fresh) => _space.exclusively((entries) async {
    attempt.stopIfDiscarded();
    // Another program may have logged in, and this one not have heard of it yet.
    final replaced = _decode(await entries.read(Entry.session)) ?? _session;
    attempt.stopIfDiscarded();
    final encoded = fresh.encode();
    await entries.put(Entry.session, encoded);
    _seen = encoded;
    try {
      await _revocations.removeIn(entries, fresh.authToken);
    } on CometChatCallsException {
      // The space has warned; at worst the session is ended at the next start.
    }
    if (attempt.isDiscarded) {
      try {
        await _removeStored(entries, fresh);
      } on CometChatCallsException {
        // The space has warned; what the logout has put on the list drops the session.
      }
      attempt.stopIfDiscarded();
    }
    _become(fresh);
    _attempt = null;
    _tell(LoginSuccess(fresh.user));
    if (replaced != null && replaced.authToken != fresh.authToken) {
      unawaited(_revocations.revoke(replaced.authToken));
    }
  });

  void _discardLogin() {
    final attempt = _attempt;
    if (attempt == null) return;
    _attempt = null;
    attempt.discard();
    // It is revoked once the login has come to its end, or at the next start.
    if (attempt.given.isNotEmpty) unawaited(_revocations.add(attempt.given));
  }
}
