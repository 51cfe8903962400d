import 'dart:convert';

import '../realtime/address.dart';
import '../user.dart';
import 'answer.dart';
import 'checks.dart';

/// The version of the stored form; a reader that meets another one finds nobody logged in.
const _format = 1;

/// What of a me answer belongs to the sign-in and not to the user.
const _notOfUser = {'authToken', 'jwt', 'settings', 'wsChannel', 'fat'};

/// Fields that are texts wherever they are given.
const _texts = ['name', 'avatar', 'link', 'role', 'status', 'statusMessage'];

/// Who is logged in, and by which credential. It is never changed, only replaced.
final class Session {
  const Session({required this.record, required this.authToken, this.jwt, this.socket});

  /// The user as the server describes them. Fields that this version does not know are kept.
  final Map<String, Object?> record;
  final String authToken;
  final String? jwt;

  /// Where the server says that its socket is, or null.
  final String? socket;

  String get uid => record['uid']! as String;

  User get user => userOf(record);

  Session withToken(String token) =>
      Session(record: record, authToken: token, jwt: jwt, socket: socket);

  /// The stored form. What nobody could store is no session: JSON that is nested too deeply.
  String encode() {
    final fields = {
      'format': _format,
      'user': record,
      'authToken': authToken,
      if (jwt != null) 'jwt': jwt,
      if (socket != null) 'socket': socket,
    };
    try {
      // Only numbers beyond all bounds cannot be encoded as they are.
      return jsonEncode(fields, toEncodable: (_) => null);
    } on StackOverflowError {
      throw unusable();
    }
  }
}

/// Takes a user out of an answer, with its status in the word of the SDKs.
Map<String, Object?> decodeUser(Object? data) {
  if (data is! Map<String, Object?> || !_isName(data['uid'])) throw unusable();
  final record = {
    for (final MapEntry(:key, :value) in data.entries)
      if (value != null && !_notOfUser.contains(key)) key: value,
  };
  if (_texts.any((field) => record[field] is! String?)) throw unusable();
  if (record['status'] == 'available') record['status'] = 'online';
  return record;
}

/// What apps see of a user.
User userOf(Map<String, Object?> record) {
  String text(String field) => switch (record[field]) {
    final String text => text,
    _ => '',
  };
  return User(
    uid: text('uid'),
    name: text('name'),
    avatar: text('avatar'),
    status: text('status'),
    lastActiveAt: switch (record['lastActiveAt']) {
      final int seconds => seconds,
      _ => null,
    },
  );
}

/// Makes a session of a me answer to a request with the token that was sent.
Session decodeMe(Object? data, String sent) {
  final record = decodeUser(data);
  final me = data! as Map<String, Object?>;
  final token = me['authToken'] ?? sent;
  if (!isCredential(token)) throw unusable();
  return Session(
    record: record,
    authToken: token as String,
    jwt: _textOrNull(me['jwt']),
    socket: namedSocket(me['settings']),
  );
}

/// Null for whatever is no session in the form of this version.
Session? decodeSession(String text) {
  if (parseJson(text) case {
    'format': _format,
    'user': final Map<String, Object?> record,
    'authToken': final String token,
  } && final Map<String, Object?> stored when isCredential(token) && _isName(record['uid'])) {
    return Session(
      record: record,
      authToken: token,
      jwt: _textOrNull(stored['jwt']),
      socket: _textOrNull(stored['socket']),
    );
  }
  return null;
}

/// Two uids are one user's when they differ only in letter case.
bool isSameUid(String one, String other) => one.toLowerCase() == other.toLowerCase();

bool _isName(Object? value) => value is String && value.isNotEmpty;

String? _textOrNull(Object? value) => value is String ? value : null;
