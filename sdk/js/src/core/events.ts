import type { Failure } from './failure.js';
import type { Session } from './session.js';

/** Why nobody is logged in any more: `logout` was called, the server ended the session, or another tab did. */
export type LogoutReason = 'userInitiated' | 'revoked' | 'elsewhere';

/** What listeners are told; the state is settled by then. */
export type SessionEvent =
  | { readonly type: 'loginSuccess'; readonly session: Session }
  | { readonly type: 'loginFailure'; readonly failure: Failure }
  | { readonly type: 'logoutSuccess'; readonly reason: LogoutReason }
  | { readonly type: 'logoutFailure'; readonly failure: Failure };
