import 'dart:async';

import '../codes_gen.dart';
import '../exception.dart';
import 'checks.dart';
import 'session.dart';

/// What the two ways to log in differ by: a uid and a key, or a token.
sealed class Wanted {
  /// Whether a session already is what is wanted.
  bool isIn(Session session);
}

final class ByKey extends Wanted {
  /// Throws what is wrong with the arguments.
  ByKey(this.uid, this.key) {
    checkUid(uid);
    checkApiKey(key);
  }

  final String uid;
  final String key;

  @override
  bool isIn(Session session) => isSameUid(session.uid, uid);
}

final class ByToken extends Wanted {
  /// Throws what is wrong with the argument.
  ByToken(this.token) {
    checkAuthToken(token);
  }

  final String token;

  @override
  bool isIn(Session session) => session.authToken == token;
}

/// A login that is running.
final class Attempt {
  Attempt(this.wanted);

  final Wanted wanted;
  final _discarding = Completer<Session>();

  /// The token that must be ended should the login fail, or empty.
  String given = '';

  bool get isDiscarded => _discarding.isCompleted;

  /// Waits for what the login comes to, or for its being discarded.
  Future<Session> settle(Future<Session> run) => Future.any([run, _discarding.future]);

  void discard() => _discarding.completeError(CometChatCallsException(CallsCodes.loginDiscarded));

  void stopIfDiscarded() {
    if (isDiscarded) throw CometChatCallsException(CallsCodes.loginDiscarded);
  }
}
