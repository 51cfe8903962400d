import type { Session } from '../core/session.js';

/** The logged-in user as the Calls SDK gives them; a text that the server did not give is empty. */
export interface CallsUser {
  /** 1 to 100 letters, digits, `-` and `_`, in lower case. */
  uid: string;
  /** The display name. */
  name: string;
  /** The URL of a picture. */
  avatar: string;
  /** `online` or `offline`, as it was when the server answered; other words as the server has them. */
  status: string;
  /** The token that acts for the user: keep it out of logs. */
  authToken: string;
}

/** A copy that the app may change. */
export function toCallsUser({ user, authToken }: Session): CallsUser {
  const text = (field: string): string => (typeof user[field] === 'string' ? user[field] : '');
  return { uid: user.uid, name: text('name'), avatar: text('avatar'), status: text('status'), authToken };
}
