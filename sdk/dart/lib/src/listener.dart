import 'dart:async';

import 'exception.dart';
import 'user.dart';

/// Why nobody is logged in any more.
enum LogoutReason {
  /// `logout` was called.
  userInitiated,

  /// The server ended the session.
  revoked,

  /// Another program, or browser tab, with the same storage logged out.
  elsewhere,
}

/// What happened to the session; the state is settled by then.
sealed class LoginEvent {
  const LoginEvent();
}

/// Somebody is in: after a login here, without a request too, or in another program.
final class LoginSuccess extends LoginEvent {
  const LoginSuccess(this.user);
  final User user;
}

/// A login failed; who was in before it still is.
final class LoginFailure extends LoginEvent {
  const LoginFailure(this.error);
  final CometChatCallsException error;
}

/// Nobody is in any more.
final class LogoutSuccess extends LoginEvent {
  const LogoutSuccess(this.reason);
  final LogoutReason reason;
}

/// A logout failed, because nobody was in or the storage failed; nobody is in.
final class LogoutFailure extends LoginEvent {
  const LogoutFailure(this.error);
  final CometChatCallsException error;
}

/// Hears of logins and logouts. A callback may call every method of the SDK, and throw; the state is
/// settled when it runs, and it hears the events in their order.
final class CallsLoginListener {
  const CallsLoginListener({
    this.onLoginSuccess,
    this.onLoginFailure,
    this.onLogoutSuccess,
    this.onLogoutFailure,
  });

  final FutureOr<void> Function(User user)? onLoginSuccess;
  final FutureOr<void> Function(CometChatCallsException error)? onLoginFailure;
  final FutureOr<void> Function(LogoutReason reason)? onLogoutSuccess;
  final FutureOr<void> Function(CometChatCallsException error)? onLogoutFailure;

  /// Calls back for an event.
  FutureOr<void> hear(LoginEvent event) => switch (event) {
    LoginSuccess(:final user) => onLoginSuccess?.call(user),
    LoginFailure(:final error) => onLoginFailure?.call(error),
    LogoutSuccess(:final reason) => onLogoutSuccess?.call(reason),
    LogoutFailure(:final error) => onLogoutFailure?.call(error),
  };
}
