import 'dart:convert';

import 'package:usher_calls/usher_calls.dart';

/// Sends nothing: it reports where requests would go, and answers them as a server would answer a good
/// login of ann.
final class Addresses implements CallsHttp {
  Addresses(this._tell);

  final void Function(String url) _tell;

  @override
  Future<CallsAnswer> send(CallsRequest request) async {
    _tell('${request.method} ${request.url}');
    final answer = {
      'data': {'uid': 'ann', 'name': 'Ann', 'authToken': 'ann_1', 'message': 'Goodbye.'},
    };
    return CallsAnswer(200, Stream.value(utf8.encode(jsonEncode(answer))));
  }
}
