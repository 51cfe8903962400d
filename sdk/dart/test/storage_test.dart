import 'dart:convert';
import 'dart:io';

import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';
import 'harness.dart';
import 'nobody.dart';

void storageTests() {
  test('files are for their owner only, and so are the folders made for them', () {
    return _inFolder((parent) async {
      final folder = '$parent/made/when needed';
      await CometChatCalls.init(settingsFor(FakeServer(), storage: FileStorage(folder)));
      await CometChatCalls.login(uid: 'ann', authKey: 'key');
      for (final made in ['$parent/made', folder]) {
        expectSame(FileStat.statSync(made).modeString(), 'rwx------', made);
      }
      final files = Directory(folder).listSync();
      expectSame(files.length, 3, '$files'); // device, session, lock
      for (final file in files) {
        expectSame(file.statSync().modeString(), 'rw-------', file.path);
      }
    });
  });

  test('a file cut off anywhere counts as none, and the next login works', () {
    return _inFolder((folder) async {
      final server = FakeServer();
      final settings = settingsFor(server, storage: FileStorage(folder));
      Future<void> fill() async {
        await CometChatCalls.init(settings);
        server.spoil = (line) => line.startsWith('DELETE') ? throw StateError('offline') : null;
        await CometChatCalls.login(uid: 'bob', authKey: 'key');
        await CometChatCalls.logout();
        await CometChatCalls.login(uid: 'ann', authKey: 'key');
        server.spoil = (_) => null;
      }

      await fill();
      for (final file in _entriesIn(folder)) {
        final whole = file.readAsBytesSync();
        for (var length = 0; length < whole.length; length += 1 + whole.length ~/ 20) {
          file.writeAsBytesSync(whole.sublist(0, length));
          expectSame(await CometChatCalls.init(settings), true, '$file $length');
          final isSession = file.path.contains('session');
          expectSame(await CometChatCalls.isUserLoggedIn(), !isSession, '$file $length');
        }
        await fill();
      }
      await CometChatCalls.init(settings);
      expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
    });
  });

  test('bytes that are no text count as none', () {
    return _inFolder((folder) async {
      final settings = settingsFor(FakeServer(), storage: FileStorage(folder));
      await CometChatCalls.init(settings);
      await CometChatCalls.login(uid: 'ann', authKey: 'key');
      final session = _entriesIn(folder).firstWhere((file) => file.path.contains('session'));
      session.writeAsBytesSync([0xff, 0xfe, 0x00, 0xc3]);
      final warnings = <String>[];
      await CometChatCalls.init(
        settingsFor(
          FakeServer(),
          storage: FileStorage(folder),
          onWarning: (message, [cause]) => warnings.add(message),
        ),
      );
      expectSame(await CometChatCalls.getLoggedInUser(), null);
      expectSame(warnings, ['The stored session cannot be used; nobody is logged in.']);
    });
  });

  test('a folder that may only be read fails what writes, and nothing is lost', () {
    return asNobody(
      () => _inFolder((folder) async {
        final server = FakeServer();
        final settings = settingsFor(server, storage: FileStorage(folder));
        await CometChatCalls.init(settings);
        await CometChatCalls.login(uid: 'ann', authKey: 'key');
        try {
          Process.runSync('chmod', ['500', folder]);
          File('$folder/lock').deleteSync();
          throw StateError('the folder can be written to');
        } on FileSystemException {
          // As it should be.
        }
        await CometChatCalls.init(settings);
        expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
        final login = CometChatCalls.login(uid: 'bob', authKey: 'key');
        expectSame(await codeOf(login), CallsCodes.storageFailed);
        expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
        await until(() => !server.tokens.containsValue('bob'), 'bob is revoked');
        expectSame(await codeOf(CometChatCalls.logout()), CallsCodes.storageFailed);
        expectSame(await CometChatCalls.getLoggedInUser(), null);
        expectSame(server.tokens, <String, String>{});
        Process.runSync('chmod', ['700', folder]);
      }),
    );
  });

  test('a folder that cannot be made fails what writes, and not init', () {
    return asNobody(
      () => _inFolder((folder) async {
        Process.runSync('chmod', ['500', folder]);
        final warnings = <String>{};
        CometChatCalls.addLoginListener('L', const CallsLoginListener());
        await CometChatCalls.init(
          settingsFor(
            FakeServer(),
            storage: FileStorage('$folder/missing'),
            onWarning: (message, [cause]) => warnings.add(message),
          ),
        );
        await until(() => warnings.length == 2, 'it is warned of');
        expectSame(warnings, {
          'The storage could not be locked.',
          'The storage is not watched.',
        });
        final login = CometChatCalls.login(uid: 'ann', authKey: 'key');
        expectSame(await codeOf(login), CallsCodes.storageFailed);
        expectSame(await CometChatCalls.getLoggedInUser(), null);
        CometChatCalls.removeLoginListener('L');
        Process.runSync('chmod', ['700', folder]);
      }),
    );
  });

  test('a folder that is none fails init', () {
    return _inFolder((folder) async {
      File('$folder/file').writeAsStringSync('');
      final init = CometChatCalls.init(
        settingsFor(FakeServer(), storage: FileStorage('$folder/file')),
      );
      expectSame(await codeOf(init), CallsCodes.storageFailed);
      expectSame(await CometChatCalls.getLoggedInUser(), null);
    });
  });

  test('keys that read alike, or are very long, have files of their own', () {
    return _inFolder((folder) {
      final storage = FileStorage(folder);
      final keys = ['a/B', 'a/b', 'a%2fb', 'a_b', 'x' * 5000, '${'x' * 4999}y', 'ä', 'a'];
      for (final key in keys) {
        storage.write(key, 'of $key');
      }
      for (final key in keys) {
        expectSame(storage.read(key), 'of $key');
      }
      final names = [..._entriesIn(folder).map((file) => file.uri.pathSegments.last)];
      // Some file systems do not tell capital letters from small ones.
      expectSame(names.map((name) => name.toLowerCase()).toSet().length, keys.length);
      for (final key in keys) {
        storage.remove(key);
        storage.remove(key);
        expectSame(storage.read(key), null);
      }
    });
  });

  test('what a crash left half written is neither read nor in the way', () {
    return _inFolder((folder) {
      final storage = FileStorage(folder)..write('key', 'whole');
      final file = _entriesIn(folder).single;
      File('${file.path}.draft').writeAsStringSync('ha');
      expectSame(storage.read('key'), 'whole');
      storage.write('key', 'new');
      expectSame(storage.read('key'), 'new');
      expectSame(_entriesIn(folder).length, 1);
    });
  });

  for (final how in ['closed', 'unheard']) {
    test('a program that is through ends, and leaves its session in a file: $how', () {
      return _inFolder((folder) async {
        final result = await Process.run(
          Platform.resolvedExecutable,
          [..._program('ends'), how],
          environment: {'XDG_STATE_HOME': folder, 'HOME': folder, 'LOCALAPPDATA': folder},
        );
        expectSame('${result.stdout}${result.stderr}', 'through\n');
        final files = Directory(folder).listSync(recursive: true);
        expectSame(files.where((file) => file.path.endsWith('session.json')).length, 1, '$files');
      });
    });
  }

  test('processes that log in and out at once agree in the end', () {
    return _inFolder((folder) async {
      final processes = [
        for (final uid in ['ann', 'bob', 'cid'])
          await Process.start(Platform.resolvedExecutable, [..._program('tab'), folder, uid]),
      ];
      final said = [
        for (final process in processes)
          process.stdout.transform(utf8.decoder).transform(const LineSplitter()).toList(),
      ];
      final complaints = [
        for (final process in processes) process.stderr.transform(utf8.decoder).join(),
      ];
      final done = File('$folder/done');
      try {
        // Each says so in a file when it is done, and goes on to follow the others.
        await until(
          () => ['ann', 'bob', 'cid'].every((uid) => File('$folder/$uid').existsSync()),
          'every process is done',
        );
      } finally {
        done.writeAsStringSync('');
      }
      final lines = [for (final lines in said) (await lines).join(' ')];
      expectSame((await Future.wait(complaints)).join(), '');
      await CometChatCalls.init(settingsFor(FakeServer(), storage: FileStorage(folder)));
      final token = await CometChatCalls.getUserAuthToken();
      for (final line in lines) {
        expectSame(line, 'in the end: $token');
      }
    });
  });
}

/// The arguments that run another program of this folder; compiled, where the tests are.
List<String> _program(String name) {
  final extension = Platform.script.path.split('.').last;
  final file = Platform.script.resolve('$name.$extension').toFilePath();
  return ['--enable-asserts', '--packages=tool/package_config.json', file];
}

Future<void> _inFolder(Object? Function(String folder) use) async {
  final folder = Directory.systemTemp.createTempSync('usher-dart-');
  try {
    final done = use(folder.path);
    if (done is Future<Object?>) await done;
  } finally {
    CometChatCalls.close();
    folder.deleteSync(recursive: true);
  }
}

List<File> _entriesIn(String folder) => [
  for (final file in Directory(folder).listSync().whereType<File>())
    if (file.path.endsWith('.json')) file,
];
