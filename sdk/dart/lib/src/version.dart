/// The version of this SDK; a test holds it equal to pubspec.yaml's.
const version = '0.1.0';
