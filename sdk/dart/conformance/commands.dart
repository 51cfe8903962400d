import 'dart:async';

import 'package:usher_calls/usher_calls.dart';

import 'addresses.dart';
import 'json.dart';
import 'store.dart';

/// The commands of conformance/README.md in the words of the SDK.
final class Commands {
  Commands(this._write);

  final void Function(Json message) _write;
  final _fails = <String>{};

  /// Gives `result` or `error`; never fails.
  Future<Json> run(String client, String command, Json params) async {
    try {
      return {'result': await _run(client, command, params)};
    } on CometChatCallsException catch (error) {
      return {'error': _plainError(error)};
    } catch (error, trace) {
      return {
        'error': {'code': 'DRIVER', 'message': '$error\n$trace'},
      };
    }
  }

  Future<Object?> _run(String client, String command, Json params) async {
    String text(String name) => params[name] as String? ?? '';
    switch (command) {
      case 'new':
        await _init(client, params);
      case 'login':
        return _plain(await CometChatCalls.login(uid: text('uid'), authKey: text('key')));
      case 'loginWithAuthToken':
        return _plain(await CometChatCalls.loginWithAuthToken(authToken: text('token')));
      case 'loggedInUser':
        return _plain(await CometChatCalls.getLoggedInUser());
      case 'isUserLoggedIn':
        return CometChatCalls.isUserLoggedIn();
      case 'userAuthToken':
        return CometChatCalls.getUserAuthToken();
      case 'logout':
        return CometChatCalls.logout();
      case 'checkSession':
        return _plain(await CometChatCalls.checkSession());
      case 'close':
        CometChatCalls.close();
      case 'addLoginListener':
        _listen(client, text('listener'), params['does'] as List<Object?>? ?? []);
      case 'removeLoginListener':
        CometChatCalls.removeLoginListener(text('listener'));
      case 'connect':
        await CometChatCalls.connect();
      case 'disconnect':
        CometChatCalls.disconnect();
      case 'connectionStatus':
        return CometChatCalls.getConnectionStatus().name;
      case 'addConnectionListener':
        _listenToConnection(client, text('listener'), params['does'] as List<Object?>? ?? []);
      case 'removeConnectionListener':
        CometChatCalls.removeConnectionListener(text('listener'));
      case 'addUserListener':
        _listenToUsers(client, text('listener'), params['does'] as List<Object?>? ?? []);
      case 'removeUserListener':
        CometChatCalls.removeUserListener(text('listener'));
      case 'storageEntries':
        return entriesOf(text('store'));
      case 'storagePut':
        putEntry(text('store'), text('name'), text('value'));
      case 'storageFail':
        _setFails(params['fails']);
      default:
        throw StateError('unknown command $command');
    }
    return null;
  }

  Future<void> _init(String client, Json params) async {
    if (params['uninitialised'] == true) return;
    _setFails(params['storageFails']);
    void tell(String url) => _write({'event': 'url', 'client': client, 'value': url});
    await CometChatCalls.init(
      CallAppSettings(
        appId: params['appId'] as String? ?? '',
        region: params['region'] as String?,
        host: params['host'] as String?,
        adminHost: params['adminHost'] as String?,
        clientHost: params['clientHost'] as String?,
        storage: FailingStorage(params['store']! as String, _fails),
        http: params['urls'] == true ? Addresses(tell) : null,
        timeout: switch (params['timeoutMs']) {
          final int milliseconds => Duration(milliseconds: milliseconds),
          _ => const CallAppSettings(appId: '').timeout,
        },
        autoEstablishSocketConnection: params['connect'] == true,
        subscriptionType: CometChatSubscriptionType.values.firstWhere(
          (type) => type.word == params['subscription'],
        ),
        roles: textsOf(params['roles']),
      ),
    );
  }

  void _setFails(Object? operations) => _fails
    ..clear()
    ..addAll(textsOf(operations));

  void _listen(String client, String listener, List<Object?> does) {
    final hear = _hearer(client, listener, does);
    CometChatCalls.addLoginListener(
      listener,
      CallsLoginListener(
        onLoginSuccess: (user) => hear('loginSuccess', _plain(user)),
        onLoginFailure: (error) => hear('loginFailure', _plainError(error)),
        onLogoutSuccess: (reason) => hear('logoutSuccess', reason.name),
        onLogoutFailure: (error) => hear('logoutFailure', _plainError(error)),
      ),
    );
  }

  void _listenToConnection(String client, String listener, List<Object?> does) {
    final hear = _hearer(client, listener, does);
    CometChatCalls.addConnectionListener(
      listener,
      CallsConnectionListener(
        onConnecting: () => hear('connecting', null),
        onConnected: () => hear('connected', null),
        onDisconnected: () => hear('disconnected', null),
      ),
    );
  }

  void _listenToUsers(String client, String listener, List<Object?> does) {
    final hear = _hearer(client, listener, does);
    CometChatCalls.addUserListener(
      listener,
      CallsUserListener(
        onUserOnline: (user) => hear('userOnline', _plain(user)),
        onUserOffline: (user) => hear('userOffline', _plain(user)),
      ),
    );
  }

  // Writes down what a listener hears, and then does what the scenario wants.
  FutureOr<void> Function(String event, Object? value) _hearer(
    String client,
    String listener,
    List<Object?> does,
  ) {
    final left = [for (final step in does.cast<Json>()) _Step(step)];
    return (event, value) {
      _write({'event': event, 'client': client, 'listener': listener, 'value': value});
      final steps = [...left.where((step) => step.isDue(event))];
      for (final step in steps) {
        step.left--;
      }
      if (steps.isEmpty) return null;
      // Thrown at once, not by way of a future.
      if (steps.first.command == 'throw') throw StateError('as the scenario asks');
      return _do(client, listener, steps);
    };
  }

  Future<void> _do(String client, String listener, List<_Step> steps) async {
    for (final _Step(:command, :params) in steps) {
      if (command == 'throw') throw StateError('as the scenario asks');
      if (command == 'hang') await Completer<void>().future;
      final outcome = await run(client, command, params);
      final did = {'command': command, ...outcome};
      _write({'event': 'did', 'client': client, 'listener': listener, 'value': did});
    }
  }
}

/// What a listener does when it hears something.
final class _Step {
  _Step(Json step)
    : _on = step['on']! as String,
      command = step['command']! as String,
      params = step['params'] as Json? ?? {},
      left = step['times'] as int? ?? 1 << 30;

  final String _on;
  final String command;
  final Json params;
  int left;

  bool isDue(String event) => _on == event && left > 0;
}

Json? _plain(User? user) => switch (user) {
  null => null,
  User(:final uid, :final name, :final avatar, :final status, :final lastActiveAt) => {
    'uid': uid,
    'name': name,
    'avatar': avatar,
    'status': status,
    if (lastActiveAt != null) 'lastActiveAt': lastActiveAt,
  },
};

Json _plainError(CometChatCallsException error) => {
  'code': error.code,
  'message': error.details.isEmpty ? error.message : '${error.message} ${error.details}',
};
