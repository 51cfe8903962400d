import 'dart:async';

import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';
import 'fake_sockets.dart';
import 'fake_time.dart';
import 'harness.dart';

const _second = Duration(seconds: 1);

/// No pause between two attempts is longer.
const _longestPause = Duration(seconds: 30);

/// Adds a test of an app with a clock of its own, which must have left nothing that runs.
void appTest(String name, Future<void> Function(App app) body) => test(name, () async {
  final app = App();
  await app.time.run(() async {
    app.listen();
    try {
      await body(app);
    } finally {
      CometChatCalls.close();
      app.leave();
    }
    await app.pass(_second);
    expectSame(app.time.timers, 0, 'timers that are left');
  });
});

/// An app that writes down what its listeners hear.
final class App {
  final time = FakeTime();
  final sockets = FakeSockets();
  final server = FakeServer()..jwtOf = (token) => 'jwt of $token';
  final heard = <String>[];
  final warnings = <String>[];
  final causes = <String>[];
  SessionStorage storage = MemoryStorage();

  Future<void> settle() => time.settle();

  Future<void> pass(Duration duration) => time.pass(duration);

  /// Waits for the next attempt to connect, and no longer.
  Future<void> nextAttempt() async {
    final before = sockets.asked.length;
    for (var waited = Duration.zero; waited <= _longestPause; waited += _second ~/ 10) {
      await pass(_second ~/ 10);
      if (sockets.asked.length > before) break;
    }
    expectSame(sockets.asked.length, before + 1, 'attempts after a pause');
  }

  /// What was heard since the last time.
  List<String> take() {
    final taken = [...heard];
    heard.clear();
    return taken;
  }

  void listen() {
    void hear(CometChatWSState state) {
      expectSame(CometChatCalls.getConnectionStatus(), state, 'the state when a listener hears');
      heard.add(state.name);
    }

    void hearUser(User user) => heard.add('${user.uid} ${user.status} ${user.lastActiveAt}');
    CometChatCalls.addConnectionListener(
      'test',
      CallsConnectionListener(
        onConnecting: () => hear(CometChatWSState.connecting),
        onConnected: () => hear(CometChatWSState.connected),
        onDisconnected: () => hear(CometChatWSState.disconnected),
      ),
    );
    CometChatCalls.addUserListener(
      'test',
      CallsUserListener(onUserOnline: hearUser, onUserOffline: hearUser),
    );
    CometChatCalls.addLoginListener(
      'test',
      CallsLoginListener(
        onLoginSuccess: (user) => heard.add('in ${user.uid}'),
        onLogoutSuccess: (reason) => heard.add('out ${reason.name}'),
      ),
    );
  }

  void leave() {
    CometChatCalls.removeConnectionListener('test');
    CometChatCalls.removeUserListener('test');
    CometChatCalls.removeLoginListener('test');
  }

  Future<void> start({
    bool automatic = true,
    CometChatSubscriptionType subscriptionType = CometChatSubscriptionType.none,
    List<String> roles = const [],
    String host = 'http://usher.test',
  }) async {
    await CometChatCalls.init(
      CallAppSettings(
        appId: 'app-1',
        host: host,
        http: _AtRoot(server),
        sockets: sockets,
        storage: storage,
        timeout: _second * 5,
        autoEstablishSocketConnection: automatic,
        subscriptionType: subscriptionType,
        roles: roles,
        onWarning: (message, [cause]) {
          warnings.add(message);
          causes.add('$message $cause');
        },
      ),
    );
    await settle();
  }

  Future<void> login([String uid = 'ann']) async {
    await CometChatCalls.login(uid: uid, authKey: 'key');
    await settle();
  }

  /// Initialises, logs ann in and connects her; what was heard of it is forgotten.
  Future<FakeSocket> goOnline() async {
    await start();
    await login();
    sockets.last.accept();
    await settle();
    take();
    return sockets.last;
  }
}

/// A storage that another program uses, too.
final class SharedStorage implements SharedSessionStorage {
  final texts = <String, String>{};
  final _changes = StreamController<void>.broadcast();

  bool get isWatched => _changes.hasListener;

  /// What the other program does.
  void change(String key, String? text) {
    if (text == null) {
      texts.remove(key);
    } else {
      texts[key] = text;
    }
    _changes.add(null);
  }

  @override
  String? read(String key) => texts[key];

  @override
  void write(String key, String text) => texts[key] = text;

  @override
  void remove(String key) => texts.remove(key);

  @override
  Future<void Function()> lock() async => () {};

  @override
  Stream<void> changes(String key) => _changes.stream;
}

/// The server at a host that has a path.
final class _AtRoot implements CallsHttp {
  _AtRoot(this._server);

  final FakeServer _server;

  @override
  Future<CallsAnswer> send(CallsRequest request) => _server.send(
    CallsRequest(
      method: request.method,
      url: request.url.replaceFirst('/v3/', '/'),
      headers: request.headers,
      body: request.body,
      abandoned: request.abandoned,
    ),
  );
}
