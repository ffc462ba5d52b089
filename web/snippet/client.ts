import { viewOf } from "./address";
import { consentCall, GRANTED, isLess, refuses } from "./consents";
import { identityIn, newId, type Cookie } from "./identity";
import { hiddenDevice, messageOf, pageAt } from "./message";
import { bytesOf, queueIn, type Queue } from "./queue";
import { senderOf, type Sender } from "./sender";
import { browserStore, cookieText, memoryStore, readCookie, type Store } from "./store";
import type { Call, Client, Config, Consent, Json, Leaving } from "./types";

const COOKIE = "sojourn_id";
/** A collector refuses a call over 32 KB. */
const MOST_BYTES = 32_000;

export interface Core extends Client {
  take(call: Call | undefined): void;
  /** `said` by the visitor; where a tag only begins with it, nobody was asked. */
  consent(wish: Consent, said: boolean): void;
  reset(): void;
  anonymousId(): string;
}

/** The middle of the snippet: what is called goes in, and leaves if consent allows. */
export function clientOf(config: Config, started: () => void): Core {
  const plainFetch = window.fetch.bind(window);
  const hearers: ((why: Leaving) => void)[] = [];
  const cookie: Cookie = {
    read: () => (mode === "full" ? readCookie(document.cookie, COOKIE) : ""),
    write: (value) => mode === "full" && writeCookie(value),
  };
  const writeCookie = (value: string): void => {
    document.cookie = cookieText(COOKIE, value, config.cookieDomain, location.protocol === "https:");
  };
  let mode: Consent = "none";
  let running = false;
  let ended = false;
  let store: Store = memoryStore();
  let identity = identityIn(store, cookie, newId);
  let queue = queueIn(store);
  let sender: Sender | undefined;
  const sending = (waiting: Queue): Sender =>
    senderOf(waiting, config.collect + "/v1/batch", config.key, {
      fetch: plainFetch,
      beacon: (url, body) => navigator.sendBeacon(url, body),
      online: () => navigator.onLine,
      later: (act, ms) => void setTimeout(act, ms),
      now: () => new Date(),
      random: Math.random,
    });
  /** Grants taken back: told from memory, since nothing may be kept any more. */
  const withdrawn = queueIn(memoryStore());
  const withdrawals = sending(withdrawn);
  let page = pageAt(location.href, document.referrer, document.title, config.query);

  const open = (): void => {
    const old = store;
    store = mode === "full" ? browserStore() : memoryStore();
    // Who goes from no storage to full consent stays the same visitor, and nothing that waits is lost.
    for (const name of old.names()) if (store.get(name) === null) store.set(name, old.get(name) ?? "");
    identity = identityIn(store, cookie, newId);
    queue = queueIn(store);
    sender = sending(queue);
  };
  const messageNow = (call: Call, now: Date): Json =>
    messageOf(call, {
      page, now,
      anonymousId: identity.anonymousId(),
      userId: identity.get("user"),
      groupId: identity.get("group"),
      sessionId: identity.sessionId(now.getTime()),
      messageId: newId(),
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      device: hiddenDevice(navigator.userAgent, navigator.maxTouchPoints),
    });

  const core: Core = {
    config,
    fetch: plainFetch,
    take(call) {
      if (!call || mode === "none") return;
      const now = new Date();
      remember(call);
      if (page.view === viewOf(location)) page.title = document.title;
      const text = written(messageNow(call, now));
      if (!text || bytesOf(text) > MOST_BYTES)
        return console.warn("sojourn: dropped a call that is no JSON or larger than 32 KB");
      queue.add(text, now.getTime());
      sender?.wake();
      call.done?.();
    },
    track: (event, properties) => core.take({ type: "track", fields: { event, properties }, options: {} }),
    page: (timestamp) =>
      core.take({ type: "page", fields: { properties: page.clickIds }, options: { timestamp } }),
    consent(wish, said) {
      if (refuses()) wish = "none";
      const before = mode;
      const less = isLess(wish, before);
      // A grant that was told is taken back under the same ids; a refusal before any is nobody's business.
      if (less && store.get(GRANTED) && !refuses()) withdraw(wish);
      if (less || refuses()) forget();
      if (wish !== before) turn(wish);
      if (!said || mode === "none" || store.get(GRANTED) === mode) return;
      store.set(GRANTED, mode);
      core.take(consentCall(mode));
    },
    reset: () => mode !== "none" && identity.reset(),
    anonymousId: () => (mode === "none" ? "" : identity.anonymousId()),
    onLeave: (told) => void hearers.push(told),
    leave(why) {
      ended = why === "unload" || (ended && why === "hidden");
      for (const told of hearers) told(why);
      if (why !== "navigate") for (const each of [withdrawals, sender]) each?.leave(ended);
    },
    arrive(referrer) {
      const landed = page;
      page = pageAt(location.href, referrer, document.title, config.query);
      // Consent may come after the landing page was left within a single-page site.
      if (!running) page = { ...page, campaign: landed.campaign, clickIds: landed.clickIds };
    },
  };
  const withdraw = (wish: Consent): void => {
    const call = consentCall(wish);
    const now = new Date();
    // Who and when is enough: where it was said is no longer ours to know.
    const message = { ...messageNow(call, now), context: call.options.context };
    withdrawn.add(written(message), now.getTime());
    withdrawals.retry();
  };
  const turn = (wish: Consent): void => {
    const before = mode;
    mode = wish;
    sender?.stop();
    if (mode === "none") return;
    open();
    if (before === "none") core.arrive(page.referrer);
    if (!running) {
      running = true;
      started();
    }
    sender?.wake();
  };
  const remember = ({ type, fields: { userId, groupId } }: Call): void => {
    if (type === "group" && groupId) identity.set("group", String(groupId));
    if (type !== "identify" || !userId) return;
    const before = identity.get("user");
    // Somebody else at the same device is no continuation of who was here.
    if (before && before !== userId) identity.reset();
    identity.set("user", String(userId));
  };
  const forget = (): void => {
    store = memoryStore();
    for (const name of browserStore().names()) browserStore().remove(name);
    if (readCookie(document.cookie, COOKIE)) writeCookie("");
  };
  const retry = (): void => [withdrawals, sender].forEach((each) => each?.retry());
  addEventListener("online", retry);
  addEventListener("pageshow", (event) => {
    ended = false;
    if (event.persisted) retry();
  });
  return core;
}

/** A message as JSON; empty for one that cannot be: a mistake of the page must not stop the page. */
function written(message: Json): string {
  try {
    return JSON.stringify(message);
  } catch {
    return "";
  }
}
