import type { Place } from '../core/hosts.js';
import type { Options } from '../core/surface.js';

/** What `CometChatCalls.init` takes: the documents' `appId` and `region`, and Usher's own options. */
export interface CallAppSettings extends Place, Options {}

/** Makes settings in the words of the Calls SDK for React Native. */
export class CallAppSettingsBuilder {
  readonly #settings: CallAppSettings = { appId: '' };

  setAppId(appId: string): this {
    this.#settings.appId = appId;
    return this;
  }
  /** The region of the app, such as `eu`; needed unless a host is named. */
  setRegion(region: string): this {
    this.#settings.region = region;
    return this;
  }
  /** The URL of an Usher server, such as `http://127.0.0.1:8080`. */
  setHost(host: string): this {
    this.#settings.host = host;
    return this;
  }
  build(): CallAppSettings {
    return { ...this.#settings };
  }
}
