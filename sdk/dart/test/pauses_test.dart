import 'dart:async';
import 'dart:math';

import 'package:usher_calls/src/realtime/pauses.dart';

import 'fake_time.dart';
import 'harness.dart';

void pausesTests() {
  test('the pauses double up to 30 seconds, and begin anew', () async {
    final time = FakeTime();
    await time.run(() async {
      final pauses = Pauses(_Longest());
      Future<void> expectPause(int milliseconds) async {
        var isOver = false;
        unawaited(pauses.pause().then((_) => isOver = true));
        await time.pass(Duration(milliseconds: milliseconds - 1));
        expectSame(isOver, false, 'a pause of $milliseconds ms');
        await time.pass(const Duration(milliseconds: 1));
        expectSame(isOver, true, 'a pause of $milliseconds ms');
      }

      for (final bound in [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]) {
        await expectPause(bound);
      }
      pauses.reset();
      await expectPause(500);
      final stopped = pauses.pause();
      pauses
        ..stop()
        ..stop();
      await stopped;
      expectSame(time.timers, 0);
    });
  });

  test('pauses are anywhere below the bound', () async {
    final time = FakeTime();
    await time.run(() async {
      final pauses = Pauses(Random(7));
      final lengths = <int>{};
      for (var number = 0; number < 50; number++) {
        pauses.reset();
        var milliseconds = 0;
        unawaited(pauses.pause().then((_) => lengths.add(milliseconds ~/ 50)));
        for (; milliseconds < 500; milliseconds += 10) {
          await time.pass(const Duration(milliseconds: 10));
        }
      }
      expectSame(lengths.length, 10, 'tenths that some pause ended in');
    });
  });
}

/// Makes every pause as long as it may be.
final class _Longest implements Random {
  @override
  double nextDouble() => 1;

  @override
  bool nextBool() => throw UnimplementedError();

  @override
  int nextInt(int max) => throw UnimplementedError();
}
