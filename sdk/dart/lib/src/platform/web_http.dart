import 'dart:async';
import 'dart:js_interop';

import '../http.dart';

/// Sends requests with the browser's fetch.
final class FetchHttp implements CallsHttp {
  const FetchHttp();

  @override
  Future<CallsAnswer> send(CallsRequest request) async {
    final controller = _AbortController();
    unawaited(request.abandoned.then((_) => controller.abort()));
    final settings = {
      'method': request.method,
      // The browser names itself.
      'headers': {...request.headers}..remove('User-Agent'),
      if (request.body case final body?) 'body': body,
      'cache': 'no-store',
      'credentials': 'omit',
      // The credentials are in headers that would go along to whatever host a redirect names.
      'redirect': 'manual',
    };
    final answer = await _fetch(
      request.url,
      (settings.jsify()! as _RequestInit)..signal = controller.signal,
    ).toDart;
    return CallsAnswer(answer.status, Stream.fromFuture(_bytesOf(answer)));
  }

  static Future<List<int>> _bytesOf(_Response answer) async =>
      (await answer.arrayBuffer().toDart).toDart.asUint8List();
}

/// How the browser names itself.
String get browserName => _navigator.userAgent;

@JS('fetch')
external JSPromise<_Response> _fetch(String url, _RequestInit settings);

@JS('navigator')
external _Navigator get _navigator;

extension type _RequestInit._(JSObject _) implements JSObject {
  external set signal(JSObject signal);
}

extension type _Response._(JSObject _) implements JSObject {
  external int get status;
  external JSPromise<JSArrayBuffer> arrayBuffer();
}

@JS('AbortController')
extension type _AbortController._(JSObject _) implements JSObject {
  external factory _AbortController();
  external JSObject get signal;
  external void abort();
}

extension type _Navigator._(JSObject _) implements JSObject {
  external String get userAgent;
}
