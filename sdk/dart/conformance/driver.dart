/// The conformance driver for Dart: one client per process, its store is a folder of files. The
/// protocol is described in conformance/README.md at the top of the repository.
library;

import 'dart:async';
import 'dart:convert';
import 'dart:io';

import 'commands.dart';
import 'json.dart';
import 'rehearsal.dart';

/// Serves the harness; with an argument, rehearses that for the snapshot that is being made.
void main(List<String> arguments) async {
  if (arguments.isNotEmpty) {
    await rehearse();
    exit(0);
  }
  void write(Json message) => stdout.writeln(jsonEncode(message));
  write({
    'driver': 'dart',
    'protocol': 1,
    'capabilities': ['storage', 'tabs', 'hosts', 'redirect', 'realtime'],
  });
  final commands = Commands(write);
  final lines = stdin.transform(utf8.decoder).transform(const LineSplitter());
  await for (final line in lines) {
    final received = jsonDecode(line) as Json;
    // The next command is read while this one runs.
    unawaited(_answer(commands, received, write));
  }
  exit(0);
}

Future<void> _answer(Commands commands, Json received, void Function(Json) write) async {
  final client = received['client']! as String;
  final command = received['command']! as String;
  final params = received['params'] as Json? ?? {};
  write({'id': received['id'], ...await commands.run(client, command, params)});
}
