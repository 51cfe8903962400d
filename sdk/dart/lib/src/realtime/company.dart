import '../listener.dart';
import '../session/device.dart';
import '../session/session.dart';
import '../session/transport.dart';
import '../settings.dart';
import '../sockets.dart';
import '../warning.dart';
import 'address.dart';
import 'frames.dart';
import 'live_socket.dart';

/// What a connection needs of the client whose session it is for.
final class Company {
  const Company({
    required this.settings,
    required this.sockets,
    required this.transport,
    required this.device,
    required this.warn,
    required this.checkSession,
  });

  final CallAppSettings settings;
  final CallsSockets sockets;
  final Transport transport;
  final Device device;
  final Warn warn;
  final Future<Session> Function() checkSession;

  /// Begins to open a connection for the session, which must have a JWT.
  LiveSocket dial(
    Session session, {
    required void Function() onProven,
    required void Function(UserEvent event) onUser,
  }) {
    final Transport(:resource, :timeout, :bases) = transport;
    return LiveSocket(
      sockets,
      socketAddress(bases.token, session.socket),
      hello: helloFrame(
        settings,
        resource: resource,
        device: device,
        uid: session.uid,
        jwt: session.jwt!,
      ),
      resource: resource,
      timeout: timeout,
      onProven: onProven,
      onUser: onUser,
    );
  }
}
