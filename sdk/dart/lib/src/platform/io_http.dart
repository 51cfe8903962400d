import 'dart:async';
import 'dart:convert';
import 'dart:io';

import '../http.dart';

/// Sends requests with the client of `dart:io`: its proxies, its certificates.
final class IoHttp implements CallsHttp {
  /// A client of one's own may trust other certificates, for example.
  IoHttp([HttpClient? client]) : client = client ?? _newClient();

  /// What sends them. Realtime connections are opened by it, too, unless the settings say otherwise.
  final HttpClient client;

  // A connection that nobody uses keeps a program from ending: it is kept for one login's requests.
  static HttpClient _newClient() =>
      HttpClient()
        ..idleTimeout = const Duration(seconds: 1)
        ..connectionTimeout = const Duration(seconds: 15);

  @override
  Future<CallsAnswer> send(CallsRequest request) async {
    HttpClientRequest? sent;
    var isAbandoned = false;
    unawaited(
      request.abandoned.then((_) {
        isAbandoned = true;
        sent?.abort();
      }),
    );
    sent = await client.openUrl(request.method, Uri.parse(request.url));
    if (isAbandoned) sent.abort();
    // The credentials are in headers that would go along to whatever host a redirect names.
    sent.followRedirects = false;
    request.headers.forEach(sent.headers.set);
    final body = utf8.encode(request.body ?? '');
    sent.contentLength = body.length;
    sent.add(body);
    final answer = await sent.close();
    return CallsAnswer(answer.statusCode, answer);
  }
}
