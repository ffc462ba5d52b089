/* Words that the parts of the snippet share. */

export type Json = Record<string, unknown>;

/** What a visitor allows: nothing; events without storage; events, a cookie and local storage. */
export type Consent = "none" | "cookieless" | "full";

export type CallType = "track" | "identify" | "page" | "group" | "alias";

/** One call as the page made it, before anything is added. */
export interface Call {
  type: CallType;
  /** What goes on the top level of the message, such as `event` or `traits`. */
  fields: Json;
  options: Json;
  done?: (() => void) | undefined;
}

/** Why the visitor may not come back to what is on screen. */
export type Leaving = "hidden" | "unload" | "navigate";

/** What the watchers of clicks, forms and the rest may do. */
export interface Client {
  track(event: string, properties: Json): void;
  page(timestamp?: string): void;
  /** Hear of every leave, before what waits is sent. */
  onLeave(told: (why: Leaving) => void): void;
  /** The visitor has left the view, in one of the ways. */
  leave(why: Leaving): void;
  /** Take the present address for the page that is on screen. */
  arrive(referrer: string): void;
  /** `fetch` as the browser has it, not as we watch it. */
  readonly fetch: typeof fetch;
  readonly config: Config;
}

export interface Config {
  key: string;
  /** Where events go and the second file comes from, without a slash at the end. */
  collect: string;
  consent: Consent;
  /** The domain of the cookie; empty for the host alone. */
  cookieDomain: string;
  /** Parameters of an address that are kept; all others are cut off. */
  query: string[];
  /** Watchers that are switched off. */
  off: string[];
}
