// The rules that need neither a server nor a state, held against spec/vectors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { toChatCode } from '../../dist/chat/exception.js';
import { checkAPIKey, checkAuthToken, checkUID } from '../../dist/core/checks.js';
import { findBases } from '../../dist/core/hosts.js';
import { decodeMe } from '../../dist/core/session.js';
import { CometChatCalls, readJWT } from '../../dist/index.js';
import { FakeServer, settingsFor } from './fake.js';

const folder = path.resolve(import.meta.dirname, '../../../../spec/vectors');

function eachCase(file, run) {
  const { cases } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  describe(file, () => {
    for (const each of cases) test(each.name, () => run(each));
  });
}

function codeThrown(call) {
  try {
    call();
    return null;
  } catch (error) {
    return error.code;
  }
}

for (const [file, check] of [
  ['uid.json', checkUID],
  ['key.json', checkAPIKey],
  ['token.json', checkAuthToken],
]) {
  eachCase(file, ({ input, code }) =>
    assert.equal(
      codeThrown(() => check(input)),
      code,
    ),
  );
}

eachCase('urls.json', ({ settings, keyBase, tokenBase, code }) => {
  assert.equal(
    codeThrown(() => findBases(settings)),
    code,
  );
  if (code === null) assert.deepEqual(findBases(settings), { key: keyBase, token: tokenBase });
});

eachCase('users.json', ({ data, user }) => {
  if (user === null) {
    assert.equal(
      codeThrown(() => decodeMe(data, 'ann_1')),
      'ERROR_JSON_EXCEPTION',
    );
    return;
  }
  const decoded = { name: '', avatar: '', status: '', ...decodeMe(data, 'ann_1').user };
  for (const [field, value] of Object.entries(user)) assert.deepEqual(decoded[field], value, field);
});

eachCase('jwt.json', ({ jwt, payload }) => assert.deepEqual(readJWT(jwt), payload));

eachCase('chat_codes.json', ({ code, empty, chat }) => assert.equal(toChatCode(code, empty), chat));

eachCase('answers.json', async ({ call, status, body, code, ends }) => {
  const server = new FakeServer('ann');
  const on = { issue: 'POST', signIn: 'PUT', other: 'GET' }[call];
  await CometChatCalls.init(settingsFor(server));
  if (call === 'other') await CometChatCalls.login('ann', 'key');
  server.spoil = (line) => (line.startsWith(on) ? new Response(body, { status }) : undefined);
  // A token that the answer makes up is none of this server's; only the code is looked at.
  const done = call === 'other' ? CometChatCalls.checkSession() : CometChatCalls.login('ann', 'key');
  const got = await done.then(
    () => null,
    (error) => error.errorCode,
  );
  if (call === 'issue' && code === null) assert.ok(got === null || got === 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND', got);
  else assert.equal(got, code);
  if (call === 'other') assert.equal(CometChatCalls.isUserLoggedIn(), !ends);
});
