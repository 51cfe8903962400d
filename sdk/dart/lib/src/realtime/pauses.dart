import 'dart:async';
import 'dart:math';

/// The pauses between attempts to connect: each anywhere below a bound that doubles, so that the
/// clients of a server that was away do not all come back at the same moment.
final class Pauses {
  Pauses([Random? random]) : _random = random ?? Random();

  static const _firstBound = Duration(milliseconds: 500);
  static const _longestBound = Duration(seconds: 30);

  final Random _random;
  Duration _bound = _firstBound;
  Timer? _timer;
  Completer<void>? _over;

  /// Waits for as long as the next pause lasts, or until [stop].
  Future<void> pause() {
    final over = _over = Completer<void>();
    _timer = Timer(_bound * _random.nextDouble(), over.complete);
    final doubled = _bound * 2;
    _bound = doubled < _longestBound ? doubled : _longestBound;
    return over.future;
  }

  /// Makes the next pause as short as the first.
  void reset() => _bound = _firstBound;

  /// Ends the pause that is being made, if any is.
  void stop() {
    _timer?.cancel();
    if (_over case final over? when !over.isCompleted) over.complete();
  }
}
