import type { LogoutReason } from '../core/events.js';
import type { CometChatException } from './exception.js';
import type { User } from './user.js';

/**
 * What a `LoginListener` is made of. A callback may call every method of the SDK, and throw; the
 * state is settled when it runs, and it hears the events in their order.
 */
export interface LoginCallbacks {
  /** Somebody is in: after a login here, without a request too, or in another tab. */
  loginSuccess?: ((user: User) => unknown) | undefined;
  loginFailure?: ((error: CometChatException) => unknown) | undefined;
  /** Nobody is in any more. The official SDK gives no reason. */
  logoutSuccess?: ((reason: LogoutReason) => unknown) | undefined;
  logoutFailure?: ((error: CometChatException) => unknown) | undefined;
}

/** Hears of logins and logouts once it was added. */
export class LoginListener {
  declare loginSuccess?: LoginCallbacks['loginSuccess'];
  declare loginFailure?: LoginCallbacks['loginFailure'];
  declare logoutSuccess?: LoginCallbacks['logoutSuccess'];
  declare logoutFailure?: LoginCallbacks['logoutFailure'];

  constructor(callbacks: LoginCallbacks) {
    Object.assign(this, callbacks);
  }
}
