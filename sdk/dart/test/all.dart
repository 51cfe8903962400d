import 'dart:io';

import 'package:usher_calls/usher_calls.dart';

import 'connection_control_test.dart';
import 'connection_session_test.dart';
import 'connection_test.dart';
import 'harness.dart';
import 'http_test.dart';
import 'pauses_test.dart';
import 'seeds/samples_test.dart';
import 'sockets_test.dart';
import 'storage_test.dart';
import 'surface_test.dart';
import 'vectors_test.dart';

/// Runs every test, or those whose names hold the argument.
void main(List<String> arguments) async {
  vectorTests();
  surfaceTests();
  storageTests();
  httpTests();
  socketTests();
  pausesTests();
  connectionTests();
  connectionSessionTests();
  connectionControlTests();
  sampleTests();
  final failed = await runTests(arguments.firstOrNull ?? '');
  CometChatCalls.close();
  exit(failed == 0 ? 0 : 1);
}
