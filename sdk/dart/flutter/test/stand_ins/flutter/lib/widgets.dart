/// Stands in for what usher_calls_flutter uses of Flutter, with the same signatures.
library;

enum AppLifecycleState { detached, resumed, inactive, hidden, paused }

abstract mixin class WidgetsBindingObserver {
  void didChangeAppLifecycleState(AppLifecycleState state) {}
}

class WidgetsBinding {
  static final instance = WidgetsBinding();

  final observers = <WidgetsBindingObserver>[];

  AppLifecycleState? lifecycleState;

  void addObserver(WidgetsBindingObserver observer) => observers.add(observer);

  bool removeObserver(WidgetsBindingObserver observer) => observers.remove(observer);
}
