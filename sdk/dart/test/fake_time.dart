import 'dart:async';

/// A clock that stands still until the test moves it.
final class FakeTime {
  Duration _now = Duration.zero;
  final _waiting = <_FakeTimer>[];

  /// Runs a test whose timers, and those of all that it calls, go by this clock.
  Future<void> run(Future<void> Function() body) => runZoned(
    body,
    zoneSpecification: ZoneSpecification(
      createTimer: (self, parent, zone, after, ring) => _add(after, (_) => ring()),
      createPeriodicTimer: (self, parent, zone, every, ring) => _add(every, ring, every),
    ),
  );

  /// How many timers wait.
  int get timers => _waiting.length;

  /// Lets everything happen that waits for no timer.
  Future<void> settle() => Zone.root.run(() => Future<void>.delayed(Duration.zero));

  /// Moves the clock; timers ring in their order, and all that follows from one happens before the next.
  Future<void> pass(Duration time) async {
    final end = _now + time;
    await settle();
    for (var next = _nextUntil(end); next != null; next = _nextUntil(end)) {
      _now = next.due;
      next.ring();
      await settle();
    }
    _now = end;
  }

  _FakeTimer? _nextUntil(Duration end) {
    _waiting.sort((one, other) => one.due.compareTo(other.due));
    final next = _waiting.firstOrNull;
    return next != null && next.due <= end ? next : null;
  }

  _FakeTimer _add(Duration after, void Function(Timer timer) ring, [Duration? every]) {
    final timer = _FakeTimer(this, _now + after, ring, every);
    _waiting.add(timer);
    return timer;
  }
}

final class _FakeTimer implements Timer {
  _FakeTimer(this._time, this.due, this._ring, this._every);

  final FakeTime _time;
  final void Function(Timer timer) _ring;
  final Duration? _every;
  Duration due;

  @override
  int tick = 0;

  @override
  bool get isActive => _time._waiting.contains(this);

  @override
  void cancel() => _time._waiting.remove(this);

  void ring() {
    tick++;
    if (_every case final every?) {
      due += every;
    } else {
      cancel();
    }
    _ring(this);
  }
}
