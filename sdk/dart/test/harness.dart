import 'dart:async';

final _tests = <(String, FutureOr<void> Function())>[];

/// Adds a test; [runTests] runs it.
void test(String name, FutureOr<void> Function() body) => _tests.add((name, body));

/// Runs the tests whose names hold the text, one after the other, and gives how many failed.
Future<int> runTests(String text) async {
  final chosen = _tests.where((test) => test.$1.contains(text));
  var failed = 0;
  for (final (name, body) in chosen) {
    try {
      await Future(body).timeout(const Duration(minutes: 2));
    } catch (error, trace) {
      failed++;
      print('FAILED $name: $error\n$trace');
    }
  }
  print('${chosen.length - failed} passed, $failed failed');
  return failed;
}

/// Fails the test unless the two are alike, as texts.
void expectSame(Object? got, Object? want, [String what = '']) {
  if ('$got' != '$want') throw StateError('$what: got $got, want $want');
}

/// Waits until the condition holds.
Future<void> until(FutureOr<bool> Function() condition, String what) async {
  final waited = Stopwatch()..start();
  while (!await condition()) {
    if (waited.elapsed > const Duration(minutes: 1)) throw StateError('in vain: $what');
    await Future<void>.delayed(const Duration(milliseconds: 5));
  }
}
