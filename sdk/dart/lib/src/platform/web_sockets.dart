import 'dart:async';
import 'dart:js_interop';

import '../sockets.dart';

/// Opens the browser's WebSockets.
final class WebSockets implements CallsSockets {
  const WebSockets();

  @override
  Future<CallsSocket> open(String url, {required Future<void> abandoned}) {
    final (socket, opened) = (_WebSocket(url), Completer<CallsSocket>());
    final made = _BrowserSocket(socket);
    socket
      ..onopen = ((JSObject _) => opened.complete(made)).toJS
      ..onmessage = made.hear.toJS
      ..onclose =
          ((_CloseEvent event) {
            made.end(event);
            if (!opened.isCompleted) opened.completeError(StateError('The browser did not connect.'));
          }).toJS;
    unawaited(abandoned.then((_) => opened.isCompleted ? null : socket.close()));
    return opened.future;
  }
}

final class _BrowserSocket implements CallsSocket {
  _BrowserSocket(this._socket);

  final _WebSocket _socket;
  final _texts = StreamController<String>();

  @override
  int? closeCode;

  @override
  Stream<String> get texts => _texts.stream;

  @override
  void send(String text) => _socket.send(text);

  @override
  void close(int code, String reason) => _socket.close(code, reason);

  void hear(_MessageEvent event) {
    final data = event.data;
    if (data.isA<JSString>()) _texts.add((data! as JSString).toDart);
  }

  void end(_CloseEvent event) {
    closeCode = event.code;
    unawaited(_texts.close());
  }
}

@JS('WebSocket')
extension type _WebSocket._(JSObject _) implements JSObject {
  external factory _WebSocket(String url);
  external set onopen(JSFunction hear);
  external set onmessage(JSFunction hear);
  external set onclose(JSFunction hear);
  external void send(String text);
  external void close([int code, String reason]);
}

extension type _MessageEvent._(JSObject _) implements JSObject {
  external JSAny? get data;
}

extension type _CloseEvent._(JSObject _) implements JSObject {
  external int get code;
}
