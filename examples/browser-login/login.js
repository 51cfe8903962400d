// A login page: the app's own back end checks the password and hands out an auth token, the SDK logs
// in with it, remembers who is in, and tells who else is here.
import { forgetPeople, listPeople, showPerson } from './people.js';

const { CometChat } = window;
const byId = (id) => document.getElementById(id);
const form = byId('login');
const problem = byId('problem');

// What a user can do about it; everything else is the operator's to mend.
const advice = {
  FAILED_TO_FETCH: 'The server cannot be reached. Check your connection and try again.',
  AUTH_ERR_AUTH_TOKEN_NOT_FOUND: 'Your login has expired. Please log in again.',
  ERROR_STORAGE: 'Your browser does not let this page remember you. Allow it to store data, and try again.',
};
const connectionWords = { connected: 'Online', connecting: 'Connecting…', disconnected: 'Offline' };
const otherAdvice = 'That did not work. Please try again later.';

function show(user, { focus = false } = {}) {
  byId('starting').hidden = true;
  form.hidden = user !== null;
  byId('session').hidden = user === null;
  const name = user?.getName();
  document.title = user ? `Logged in as ${name}` : 'Log in';
  if (user) {
    byId('greeting').textContent = `Hello, ${name}`;
    byId('initials').textContent = initialsOf(name);
    byId('uid').textContent = user.getUid();
    form.reset();
    complain('');
  }
  // Who uses a screen reader or the keyboard is taken to what is new.
  if (focus) (user ? byId('greeting') : byId('name')).focus();
}

const initialsOf = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');

function complain(text, field) {
  problem.textContent = text;
  problem.hidden = text === '';
  for (const input of form.querySelectorAll('input')) {
    const isWrong = text !== '' && (field === undefined || input === field);
    input.setAttribute('aria-invalid', String(isWrong));
    if (isWrong) input.setAttribute('aria-describedby', 'problem');
    else input.removeAttribute('aria-describedby');
  }
  if (text !== '') (field ?? problem).focus();
}

// Runs what a button is for; more clicks meanwhile do nothing. A button that is disabled would lose the focus.
async function busy(button, run) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    await run();
  } catch (error) {
    show(await CometChat.getLoggedinUser());
    complain(error.shown ?? advice[error.code] ?? otherAdvice);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

// The app's own login. Its answer's text is for people.
async function fetchToken(name, password) {
  const response = await fetch('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
    signal: AbortSignal.timeout(15_000),
  }).catch(() => {
    throw { shown: advice.FAILED_TO_FETCH };
  });
  const answer = await response.json().catch(() => ({}));
  if (!answer.authToken) throw { shown: answer.error ?? otherAdvice };
  return answer.authToken;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { name, password } = form.elements;
  const empty = [name, password].find((input) => input.value.trim() === '');
  if (empty) {
    complain(empty === name ? 'Enter your name.' : 'Enter your password.', empty);
    return;
  }
  busy(form.querySelector('button'), async () => {
    await CometChat.login(await fetchToken(name.value.trim(), password.value));
    byId('greeting').focus();
  });
});

byId('logout').addEventListener('click', ({ currentTarget }) => {
  busy(currentTarget, async () => {
    await CometChat.logout();
    byId('name').focus();
  });
});

// The listener hears of other tabs, too, so it is the one place that changes what is shown.
CometChat.addLoginListener(
  'login-page',
  new CometChat.LoginListener({
    loginSuccess: (user) => {
      forgetPeople();
      show(user);
    },
    logoutSuccess: (reason) => {
      show(null);
      if (reason === 'revoked') complain(advice.AUTH_ERR_AUTH_TOKEN_NOT_FOUND);
    },
  }),
);

CometChat.addUserListener(
  'login-page',
  new CometChat.UserListener({
    onUserOnline: (user) => showPerson(user.getUid(), user.getName(), true),
    onUserOffline: (user) => showPerson(user.getUid(), user.getName(), false),
  }),
);

async function start() {
  const settings = await (await fetch('/config.json', { signal: AbortSignal.timeout(15_000) })).json();
  const showConnection = () => {
    byId('status').textContent = connectionWords[CometChat.getConnectionStatus()];
  };
  CometChat.addConnectionListener(
    'login-page',
    new CometChat.ConnectionListener({
      inConnecting: showConnection,
      onDisconnected: showConnection,
      onConnected: () => {
        showConnection();
        // Who came and went while there was no connection, nobody has told.
        listPeople(settings, CometChat.getUserAuthToken(), byId('uid').textContent);
      },
    }),
  );
  const { appId, host } = settings;
  await CometChat.init(appId, new CometChat.AppSettingsBuilder().setHost(host).subscribePresenceForAllUsers().build());
  showConnection();
  const user = await CometChat.getLoggedinUser();
  show(user, { focus: true });
  // The session is shown at once; whether the server still knows it comes out beside that.
  if (user)
    CometChat.checkSession().then(
      (fresh) => show(fresh),
      () => {},
    );
}

start().catch((error) => {
  byId('starting').textContent = advice[error.code] ?? advice.FAILED_TO_FETCH;
});
