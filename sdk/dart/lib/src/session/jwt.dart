import 'dart:convert';

import 'answer.dart';

/// The payload of a JSON Web Token, to show it and never to decide by it: the signature is not
/// verified. Null for a text that is none.
Map<String, Object?>? readJwt(String jwt) {
  final parts = jwt.split('.');
  if (parts.length != 3 || !_base64Url.hasMatch(parts[1])) return null;
  try {
    final read = parseJson(utf8.decode(base64Url.decode(base64Url.normalize(parts[1]))));
    return read is Map<String, Object?> ? read : null;
  } on FormatException {
    return null;
  }
}

final _base64Url = RegExp(r'^[\w-]+$');
