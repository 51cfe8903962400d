/// One request as it goes out.
final class CallsRequest {
  const CallsRequest({
    required this.method,
    required this.url,
    required this.headers,
    required this.body,
    required this.abandoned,
  });

  /// GET, POST, PUT or DELETE.
  final String method;
  final String url;

  /// They hold a credential: never send them elsewhere, and follow no redirect.
  final Map<String, String> headers;

  /// JSON, or null.
  final String? body;

  /// Completes when nobody waits for the answer any more.
  final Future<void> abandoned;
}

/// The answer to a request, whatever its status.
final class CallsAnswer {
  const CallsAnswer(this.status, this.body);

  final int status;

  /// Read at most once, and perhaps not to its end.
  final Stream<List<int>> body;
}

/// Sends requests. Whatever it throws is taken as "out of reach".
abstract interface class CallsHttp {
  Future<CallsAnswer> send(CallsRequest request);
}
