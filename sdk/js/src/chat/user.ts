/** What is known of a user; times are Unix seconds. */
export interface UserFields {
  uid?: string;
  name?: string;
  authToken?: string;
  avatar?: string;
  lastActiveAt?: number;
  link?: string;
  metadata?: object;
  role?: string;
  status?: string;
  statusMessage?: string;
  tags?: string[];
  deactivatedAt?: number;
  hasBlockedMe?: boolean;
  blockedByMe?: boolean;
}

/**
 * A person of an app, with the getters and setters of the Chat SDK. A setter changes only this
 * object; `CometChat.updateUser` sends it.
 */
export class User {
  declare protected uid: string;
  declare protected name: string;
  declare protected authToken: string;
  declare protected avatar: string;
  declare protected lastActiveAt: number;
  declare protected link: string;
  declare protected metadata: object;
  declare protected role: string;
  declare protected status: string;
  declare protected statusMessage: string;
  declare protected tags: string[];
  protected deactivatedAt = 0;
  protected hasBlockedMe = false;
  protected blockedByMe = false;

  /** Takes a uid, or what is known of a user; fields that this version does not know are kept. */
  constructor(user?: string | UserFields) {
    if (typeof user === 'string') this.uid = user;
    else if (typeof user === 'object' && user !== null) Object.assign(this, user);
  }

  /** 1 to 100 letters, digits, `-` and `_`; the server keeps it in lower case. */
  getUid(): string {
    return this.uid;
  }
  setUid(uid: string): void {
    this.uid = uid;
  }
  /** The display name, at most 100 characters. */
  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.name = name;
  }
  /** The session's auth token; only the user of a login has it. Keep it out of logs. */
  getAuthToken(): string {
    return this.authToken;
  }
  setAuthToken(authToken: string): void {
    this.authToken = authToken;
  }
  /** A URL of at most 3000 characters. */
  getAvatar(): string {
    return this.avatar;
  }
  setAvatar(avatar: string): void {
    this.avatar = avatar;
  }
  /** The end of the last connection, in Unix seconds. */
  getLastActiveAt(): number {
    return this.lastActiveAt;
  }
  setLastActiveAt(lastActiveAt: number): void {
    this.lastActiveAt = lastActiveAt;
  }
  /** A URL of at most 3000 characters. */
  getLink(): string {
    return this.link;
  }
  setLink(link: string): void {
    this.link = link;
  }
  /** The app's own JSON object, at most 5 KB. */
  getMetadata(): object {
    return this.metadata;
  }
  setMetadata(metadata: object): void {
    this.metadata = metadata;
  }
  /** The id of the user's role. */
  getRole(): string {
    return this.role;
  }
  setRole(role: string): void {
    this.role = role;
  }
  /** `online` or `offline`, as it was when the server answered. */
  getStatus(): string {
    return this.status;
  }
  setStatus(status: string): void {
    this.status = status;
  }
  /** The user's own text, whatever the status. */
  getStatusMessage(): string {
    return this.statusMessage;
  }
  setStatusMessage(statusMessage: string): void {
    this.statusMessage = statusMessage;
  }
  /** At most 25 words of at most 100 characters each. */
  getTags(): string[] {
    return this.tags;
  }
  setTags(tags: string[]): void {
    this.tags = tags;
  }
  /** Unix seconds, 0 for a user who may log in. */
  getDeactivatedAt(): number {
    return this.deactivatedAt;
  }
  setDeactivatedAt(deactivatedAt: number): void {
    this.deactivatedAt = deactivatedAt;
  }
  /** Whether this user has blocked the one who asks. */
  getHasBlockedMe(): boolean {
    return this.hasBlockedMe;
  }
  setHasBlockedMe(hasBlockedMe: boolean): void {
    this.hasBlockedMe = hasBlockedMe;
  }
  /** Whether the one who asks has blocked this user. */
  getBlockedByMe(): boolean {
    return this.blockedByMe;
  }
  setBlockedByMe(blockedByMe: boolean): void {
    this.blockedByMe = blockedByMe;
  }
}
