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

/// How the realtime connection is.
enum CometChatWSState {
  /// The server knows whose connection it is: the user is online.
  connected,

  /// There is no connection and the client works on one, pauses between attempts included.
  connecting,

  /// There is no connection, and nobody works on one.
  disconnected,
}

/// Hears how the realtime connection is, as a [CallsLoginListener] hears of logins. One that is lost is
/// disconnected, at once connecting, and in the end connected again.
final class CallsConnectionListener {
  const CallsConnectionListener({this.onConnecting, this.onConnected, this.onDisconnected});

  /// Hears that the work for a connection begins, not of every attempt.
  final FutureOr<void> Function()? onConnecting;
  final FutureOr<void> Function()? onConnected;
  final FutureOr<void> Function()? onDisconnected;

  /// Calls back for a state.
  FutureOr<void> hear(CometChatWSState state) => switch (state) {
    CometChatWSState.connecting => onConnecting?.call(),
    CometChatWSState.connected => onConnected?.call(),
    CometChatWSState.disconnected => onDisconnected?.call(),
  };
}

/// Another user came or went.
sealed class UserEvent {
  const UserEvent(this.user);

  /// With the `status` and the `lastActiveAt` that they now have.
  final User user;
}

/// A user's first connection opened.
final class UserOnline extends UserEvent {
  const UserOnline(super.user);
}

/// A user's last connection ended; `lastActiveAt` says when.
final class UserOffline extends UserEvent {
  const UserOffline(super.user);
}

/// Hears of other users who come and go, as far as the settings subscribe to them, as a
/// [CallsLoginListener] hears of logins.
final class CallsUserListener {
  const CallsUserListener({this.onUserOnline, this.onUserOffline});

  final FutureOr<void> Function(User user)? onUserOnline;
  final FutureOr<void> Function(User user)? onUserOffline;

  /// Calls back for an event.
  FutureOr<void> hear(UserEvent event) => switch (event) {
    UserOnline(:final user) => onUserOnline?.call(user),
    UserOffline(:final user) => onUserOffline?.call(user),
  };
}
