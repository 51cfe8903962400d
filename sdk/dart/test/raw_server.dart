import 'dart:async';
import 'dart:convert';
import 'dart:io';

/// Answers each connection in its own way.
final class RawServer {
  RawServer._(this._socket) : url = 'http://127.0.0.1:${_socket.port}';

  final ServerSocket _socket;
  final String url;
  final _ended = <Future<void>>[];

  static Future<RawServer> start(
    FutureOr<void> Function(Socket socket) answer, {
    void Function(String text)? hear,
  }) async {
    final server = RawServer._(await ServerSocket.bind(InternetAddress.loopbackIPv4, 0));
    server._socket.listen((socket) {
      final ended = Completer<void>();
      server._ended.add(ended.future);
      void end([Object? _]) {
        socket.destroy();
        if (!ended.isCompleted) ended.complete();
      }

      socket.done.catchError(end);
      var isAnswered = false;
      socket.listen((bytes) async {
        hear?.call(utf8.decode(bytes));
        if (isAnswered) return;
        isAnswered = true;
        await answer(socket);
      }, onError: end, onDone: end);
    });
    return server;
  }

  int get connections => _ended.length;

  Future<void> get everyConnectionEnded => Future.wait(_ended);

  Future<void> stop() => _socket.close();
}
