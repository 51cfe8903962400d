import 'dart:async';
import 'dart:collection';

import '../warning.dart';

/// Listeners by id, and a stream. All of them hear the events in the order in which they happened,
/// also when a listener makes the next event happen; one that throws does not keep the others from
/// hearing.
final class Listeners<Listener, Event> {
  /// Takes how a listener hears an event, and whom to tell when the first listener comes or the last
  /// one goes.
  Listeners(this._hear, [this._changed]);

  final FutureOr<void> Function(Listener listener, Event event) _hear;
  final void Function()? _changed;
  final _byId = <String, Listener>{};
  final _waiting = Queue<(Event, Warn)>();
  bool _telling = false;

  // Synchronous, so that the state is still the event's; only tell adds to it, one after the other.
  late final _events = StreamController<Event>.broadcast(
    sync: true,
    onListen: _changed,
    onCancel: _changed,
  );

  Stream<Event> get events => _events.stream;

  /// Whether anybody would hear an event.
  bool get isHeard => _byId.isNotEmpty || _events.hasListener;

  /// A listener with the same id is replaced.
  void add(String id, Listener listener) {
    _byId[id] = listener;
    _changed?.call();
  }

  void remove(String id) {
    _byId.remove(id);
    _changed?.call();
  }

  /// Tells the listeners that are there when it is the event's turn.
  void tell(Event event, Warn warn) {
    _waiting.add((event, warn));
    if (_telling) return;
    _telling = true;
    while (_waiting.isNotEmpty) {
      final (next, warn) = _waiting.removeFirst();
      for (final MapEntry(key: id, value: listener) in [..._byId.entries]) {
        // It may have been removed by one before it.
        if (identical(_byId[id], listener)) _tellOne(listener, next, warn);
      }
      _events.add(next);
    }
    _telling = false;
  }

  void _tellOne(Listener listener, Event event, Warn warn) {
    try {
      final heard = _hear(listener, event);
      if (heard is Future<void>) {
        // Not catchError, which wants a value of the future's own type.
        unawaited(heard.then((_) {}, onError: (Object error) => warn('A listener failed.', error)));
      }
    } catch (error) {
      warn('A listener threw.', error);
    }
  }
}
