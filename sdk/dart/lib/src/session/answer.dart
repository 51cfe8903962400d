import 'dart:convert';

import '../codes_gen.dart';
import '../exception.dart';

/// The server was not reached, or not in time.
CometChatCallsException unreached() => CometChatCallsException(CallsCodes.notReached);

/// The answer is not the documented JSON. It is never quoted: it may hold a token.
CometChatCallsException unusable() => CometChatCallsException(CallsCodes.unusableAnswer);

/// Opens the envelope, `{"data": …}` or `{"error": …}`, and gives the data, which is not null.
Object readAnswer(int status, String text) {
  final envelope = parseJson(text);
  if (envelope is! Map<String, Object?>) throw unusable();
  final error = envelope['error'];
  if (error != null) throw _refusal(error);
  final data = envelope['data'];
  if (data == null || status < 200 || status > 299) throw unusable();
  return data;
}

CometChatCallsException _refusal(Object error) {
  if (error case {'code': final String code} when code.isNotEmpty) {
    final message = error['message'];
    return CometChatCallsException(
      code,
      message: message is String ? message : '',
      details: _detailsOf(error['details']),
    );
  }
  return unusable();
}

// Details of another shape are left out: the code is worth more than they are.
Details _detailsOf(Object? details) {
  final read = <String, List<String>>{};
  if (details is! Map<String, Object?>) return read;
  for (final MapEntry(:key, :value) in details.entries) {
    if (value is! List<Object?> || !value.every((reason) => reason is String)) return {};
    read[key] = value.cast<String>().toList();
  }
  return read;
}

/// Null for what is no JSON, too.
Object? parseJson(String text) {
  try {
    return jsonDecode(text);
  } on FormatException {
    return null;
  }
}
