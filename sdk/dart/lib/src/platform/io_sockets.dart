import 'dart:async';
import 'dart:io';

import '../sockets.dart';

/// Opens WebSockets with a client of `dart:io`: its proxies, its certificates.
final class IoSockets implements CallsSockets {
  const IoSockets(this._client);

  final HttpClient _client;

  @override
  Future<CallsSocket> open(String url, {required Future<void> abandoned}) async {
    final client = _HandshakeClient(_client);
    unawaited(abandoned.then((_) => client.abort()));
    return _IoSocket(
      await WebSocket.connect(
        url,
        customClient: client,
        compression: CompressionOptions.compressionOff,
      ),
    );
  }
}

final class _IoSocket implements CallsSocket {
  _IoSocket(this._socket) {
    // The end of the texts says that it has ended.
    _socket.done.ignore();
  }

  final WebSocket _socket;

  @override
  Stream<String> get texts => _socket.where((frame) => frame is String).cast();

  @override
  int? get closeCode => _socket.closeCode;

  @override
  void send(String text) => _socket.add(text);

  @override
  void close(int code, String reason) => _socket.close(code, reason).ignore();
}

/// The part of a client that WebSocket.connect uses. It follows no redirect, which would carry the JWT
/// elsewhere, and can give the handshake up: WebSocket.connect has a way to say neither.
final class _HandshakeClient implements HttpClient {
  _HandshakeClient(this._client);

  final HttpClient _client;
  HttpClientRequest? _request;
  bool _isAborted = false;

  void abort() {
    _isAborted = true;
    _request?.abort();
  }

  @override
  Future<HttpClientRequest> openUrl(String method, Uri url) async {
    final request = _request = await _client.openUrl(method, url);
    if (_isAborted) request.abort();
    return request..followRedirects = false;
  }

  @override
  Object? noSuchMethod(Invocation invocation) => super.noSuchMethod(invocation);
}
