import 'dart:async';
import 'dart:convert';

import '../codes_gen.dart';
import '../exception.dart';
import '../warning.dart';
import 'answer.dart';
import 'checks.dart';
import 'space.dart';
import 'transport.dart';

const _format = 1;

/// How many tokens are kept; the oldest go first.
const _longestList = 20;

/// The tokens that the server is still to end: asked at once, and again until it has answered.
final class Revocations {
  Revocations(this._space, this._transport, this._warn);

  final Space _space;
  final Transport _transport;
  final Warn _warn;

  /// What gives up the requests on their way, by token.
  final _running = <String, Completer<void>>{};

  /// Tokens that must not be revoked now, because a login with them runs.
  final _spared = <String>{};
  bool _retrying = false;

  /// The tokens of the list; one that cannot be understood counts as empty.
  Future<List<String>> list() async =>
      _decodeList(await _space.inTurn((entries) => entries.read(Entry.revocations)));

  /// Puts a token on the list, so that it is revoked even if the program ends now. It never fails:
  /// what is on the list is less than the call that it is part of, and the space has warned.
  Future<void> add(String token) async {
    try {
      await _space.exclusively((entries) => addIn(entries, token));
    } on CometChatCallsException {
      return;
    }
  }

  /// As [add], within a step that already runs.
  Future<void> addIn(Entries entries, String token) => _change(
    entries,
    (tokens) => [
      ...tokens.where((other) => other != token),
      token,
    ].reversed.take(_longestList).toList().reversed.toList(),
  );

  /// Takes a token off the list; it never fails.
  Future<void> remove(String token) async {
    try {
      await _space.exclusively((entries) => removeIn(entries, token));
    } on CometChatCallsException {
      return;
    }
  }

  /// As [remove], within a step that already runs.
  Future<void> removeIn(Entries entries, String token) =>
      _change(entries, (tokens) => [...tokens.where((other) => other != token)]);

  /// From now on the token is wanted again; the request that is on its way is given up.
  void spare(String token) {
    _spared.add(token);
    _running.remove(token)?.complete();
  }

  /// Ends what [spare] began.
  void unspare(String token) => _spared.remove(token);

  /// Puts the token on the list and asks the server. It never fails.
  Future<void> revoke(String token) async {
    await add(token);
    await ask(token);
  }

  /// Asks the server to end a token of the list. It never fails; it gives the server's message, if it
  /// has one.
  Future<String?> ask(String token) async {
    try {
      return await _ask(token);
    } on CometChatCallsException catch (error) {
      if (!error.isVerdict) {
        _warn('A token could not be ended on the server; it is tried again later.', error);
      }
      return null;
    }
  }

  /// Asks again for each token of the list, beside whatever else happens. It never fails.
  Future<void> retry() async {
    if (_retrying) return;
    _retrying = true;
    try {
      for (final token in await list()) {
        if (_running.containsKey(token) || _spared.contains(token)) continue;
        try {
          await _ask(token);
        } on CometChatCallsException catch (error) {
          if (error.code == CallsCodes.notReached) rethrow;
        }
      }
    } on CometChatCallsException catch (error) {
      _warn('Tokens still wait to be ended on the server.', error);
    } finally {
      _retrying = false;
    }
  }

  Future<String?> _ask(String token) async {
    final givenUp = Completer<void>();
    _running[token] = givenUp;
    try {
      final data = await _transport.send(
        ApiCall('DELETE', ['me'], token: token, givenUp: givenUp.future),
      );
      await remove(token);
      return switch (data) {
        {'message': final String message} => message,
        _ => null,
      };
    } on CometChatCallsException catch (error) {
      if (error.isVerdict) await remove(token);
      rethrow;
    } finally {
      if (identical(_running[token], givenUp)) _running.remove(token);
    }
  }

  Future<void> _change(Entries entries, List<String> Function(List<String>) change) async {
    final text = await entries.read(Entry.revocations);
    final tokens = change(_decodeList(text));
    final changed = tokens.isEmpty ? null : jsonEncode({'format': _format, 'tokens': tokens});
    if (changed != text) await entries.put(Entry.revocations, changed);
  }
}

List<String> _decodeList(String? text) => switch (text == null ? null : parseJson(text)) {
  {'format': _format, 'tokens': final List<Object?> tokens} => [
    ...tokens.where(isCredential).cast<String>(),
  ],
  _ => [],
};
