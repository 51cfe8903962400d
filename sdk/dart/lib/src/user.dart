/// A user as the Calls SDK gives them; a text that the server did not give is empty.
final class User {
  const User({
    required this.uid,
    this.name = '',
    this.avatar = '',
    this.status = '',
    this.lastActiveAt,
  });

  /// 1 to 100 letters, digits, `-` and `_`, in lower case.
  final String uid;

  /// The display name.
  final String name;

  /// The URL of a picture.
  final String avatar;

  /// `online` or `offline`, as it was when the server answered; other words as the server has them.
  final String status;

  /// When they were last online, in Unix seconds; null where the server does not say.
  final int? lastActiveAt;

  @override
  String toString() => 'User($uid)';
}
