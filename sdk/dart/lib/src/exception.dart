import 'codes_gen.dart';

/// Reasons by field, as a server gives them when it refuses a body.
typedef Details = Map<String, List<String>>;

/// What goes wrong in `CometChatCalls`. No text of it holds an API key or an auth token.
final class CometChatCallsException implements Exception {
  /// Without a [message] the code's own text is taken.
  CometChatCallsException(this.code, {String message = '', this.details = const {}})
    : message = message.isNotEmpty ? message : messages[code] ?? code;

  /// A stable code: one of `CallsCodes`, or the server's as it came, also one that this version does
  /// not know. Decide by it.
  final String code;

  /// For people; it may change.
  final String message;

  /// Reasons by field, where the server refused a value.
  final Details details;

  /// Whether the server says that a token is no longer good: nothing else ends a session.
  bool get isVerdict => verdicts.contains(code);

  @override
  String toString() => 'CometChatCallsException($code): $message';
}
