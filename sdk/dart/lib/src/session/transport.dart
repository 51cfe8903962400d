import 'dart:async';
import 'dart:convert';

import '../exception.dart';
import '../http.dart';
import '../version.dart';
import 'answer.dart';
import 'hosts.dart';

/// The longest answer that is read, in bytes.
const _longestAnswer = 1 << 20;

/// One call of the API.
final class ApiCall {
  const ApiCall(this.method, this.path, {this.key, this.token, this.body, this.givenUp});

  final String method;

  /// The parts after the base URL, unescaped.
  final List<String> path;

  /// The credential: a call with a key goes to the host for keys.
  final String? key;
  final String? token;

  /// Sent as JSON unless it is null.
  final Object? body;

  /// Gives the call up when it completes.
  final Future<void>? givenUp;
}

/// Sends calls to one app of one server.
final class Transport {
  const Transport({
    required this.appId,
    required this.bases,
    required this.resource,
    required this.userAgent,
    required this.timeout,
    required this.http,
  });

  final String appId;
  final Bases bases;

  /// Names this run of the program to the server.
  final String resource;
  final String userAgent;
  final Duration timeout;
  final CallsHttp http;

  /// Sends the call and gives the answer's data. It always settles within the time limit.
  Future<Object> send(ApiCall call) async {
    final abandoned = Completer<void>();
    void abandon([void _]) {
      if (!abandoned.isCompleted) abandoned.complete();
    }

    final timer = Timer(timeout, abandon);
    unawaited(call.givenUp?.then(abandon));
    try {
      // What sends need not heed that the call is abandoned; it must not hold the caller either.
      final late = abandoned.future.then<Object>((_) => throw unreached());
      return await Future.any([_exchange(call, abandoned.future), late]);
    } on CometChatCallsException catch (error) {
      throw _without([call.key, call.token], error);
    } catch (_) {
      // Anything else is the platform's, and its text may hold the headers.
      throw unreached();
    } finally {
      timer.cancel();
      abandon();
    }
  }

  Future<Object> _exchange(ApiCall call, Future<void> abandoned) async {
    final body = call.body;
    final answer = await http.send(
      CallsRequest(
        method: call.method,
        url: _urlOf(call),
        headers: _headersOf(call),
        body: body == null ? null : jsonEncode(body),
        abandoned: abandoned,
      ),
    );
    return readAnswer(answer.status, await _readText(answer.body, abandoned));
  }

  String _urlOf(ApiCall call) => [
    call.key == null ? bases.token : bases.key,
    ...call.path.map(Uri.encodeComponent),
  ].join('/');

  Map<String, String> _headersOf(ApiCall call) => {
    'Accept': 'application/json',
    'Content-Type': 'application/json',
    'User-Agent': userAgent,
    'appId': appId,
    'resource': resource,
    'sdk': 'dart@$version',
    if (call.key case final key?) 'apiKey': key,
    if (call.token case final token?) 'authToken': token,
  };
}

// Not an await for: it could not be given up between two chunks, and would keep the connection.
Future<String> _readText(Stream<List<int>> body, Future<void> abandoned) {
  final (bytes, text) = (<int>[], Completer<String>());
  late final StreamSubscription<List<int>> reading;
  void fail(Object error) {
    reading.cancel().ignore();
    if (!text.isCompleted) text.completeError(error);
  }

  reading = body.listen(
    (chunk) {
      bytes.addAll(chunk);
      if (bytes.length > _longestAnswer) fail(unusable());
    },
    onError: fail,
    onDone: () {
      if (!text.isCompleted) text.complete(utf8.decode(bytes, allowMalformed: true));
    },
  );
  unawaited(
    abandoned.then((_) {
      if (!text.isCompleted) fail(unreached());
    }),
  );
  return text.future;
}

// Servers like to quote what they refuse.
CometChatCallsException _without(List<String?> secrets, CometChatCallsException error) {
  String hide(String text) => [
    for (final secret in secrets)
      if (secret != null && secret.isNotEmpty) secret,
  ].fold(text, (text, secret) => text.replaceAll(secret, '[hidden]'));
  return CometChatCallsException(
    hide(error.code),
    message: hide(error.message),
    details: error.details.map((field, reasons) => MapEntry(hide(field), [...reasons.map(hide)])),
  );
}
