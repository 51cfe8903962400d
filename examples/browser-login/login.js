// A login page: the app's own back end checks the password and hands out an auth token, the SDK logs
// in with it and remembers who is in.

const { CometChatCalls } = window;
const byId = (id) => document.getElementById(id);
const form = byId('login');
const problem = byId('problem');

// What a user can do about it; everything else is the operator's to mend.
const advice = {
  ERROR_IO_EXCEPTION: 'The server cannot be reached. Check your connection and try again.',
  AUTH_ERR_AUTH_TOKEN_NOT_FOUND: 'Your login has expired. Please log in again.',
  ERROR_STORAGE: 'Your browser does not let this page remember you. Allow it to store data, and try again.',
};
const otherAdvice = 'That did not work. Please try again later.';

function show(user, { focus = false } = {}) {
  byId('starting').hidden = true;
  form.hidden = user !== null;
  byId('session').hidden = user === null;
  document.title = user ? `Logged in as ${user.name}` : 'Log in';
  if (user) {
    byId('greeting').textContent = `Hello, ${user.name}`;
    byId('initials').textContent = initialsOf(user.name);
    byId('uid').textContent = user.uid;
    byId('status').textContent = user.status;
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
    show(CometChatCalls.getLoggedInUser());
    complain(error.shown ?? advice[error.errorCode] ?? otherAdvice);
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
    throw { shown: advice.ERROR_IO_EXCEPTION };
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
    await CometChatCalls.loginWithAuthToken(await fetchToken(name.value.trim(), password.value));
    byId('greeting').focus();
  });
});

byId('logout').addEventListener('click', ({ currentTarget }) => {
  busy(currentTarget, async () => {
    await CometChatCalls.logout();
    byId('name').focus();
  });
});

// The listener hears of other tabs, too, so it is the one place that changes what is shown.
CometChatCalls.addLoginListener('login-page', {
  onLoginSuccess: (user) => show(user),
  onLogoutSuccess: (reason) => {
    show(null);
    if (reason === 'revoked') complain(advice.AUTH_ERR_AUTH_TOKEN_NOT_FOUND);
  },
});

async function start() {
  const settings = await (await fetch('/config.json', { signal: AbortSignal.timeout(15_000) })).json();
  const { error } = await CometChatCalls.init(settings);
  if (error) throw error;
  show(CometChatCalls.getLoggedInUser(), { focus: true });
  // The session is shown at once; whether the server still knows it comes out beside that.
  if (CometChatCalls.isUserLoggedIn())
    CometChatCalls.checkSession().then(
      (user) => show(user),
      () => {},
    );
}

start().catch((error) => {
  byId('starting').textContent = advice[error.errorCode] ?? advice.ERROR_IO_EXCEPTION;
});
