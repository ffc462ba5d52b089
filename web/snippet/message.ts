import { campaignOf, cleanUrl, clickIdsOf, viewOf } from "./address";
import type { Call, Json } from "./types";

/** What the page on screen is, as every message says it. */
export interface Page {
  /** Changes when another view is on screen. */
  view: string;
  path: string;
  url: string;
  referrer: string;
  title: string;
  campaign: Json;
  clickIds: Json;
}

export function pageAt(href: string, referrer: string, title: string, kept: readonly string[]): Page {
  const url = new URL(href);
  return {
    view: viewOf(url),
    path: viewOf(url),
    url: cleanUrl(href, kept),
    referrer: cleanUrl(referrer),
    title,
    campaign: campaignOf(url.search),
    clickIds: clickIdsOf(url.search),
  };
}

/** What goes into a message beside the call itself. */
export interface Around {
  page: Page;
  anonymousId: string;
  userId: string;
  groupId: string;
  sessionId: string;
  messageId: string;
  now: Date;
  locale: string;
  timezone: string;
  /** The device class where the user agent is known to hide it. */
  device: string;
}

/** The message of a call; what the caller's options say goes first, as in analytics.js. */
export function messageOf(call: Call, around: Around): Json {
  const { page } = around;
  const { options } = call;
  const said = ["context", "timestamp", "messageId", "anonymousId"].filter((name) => options[name] != null);
  const context: Json = {
    library: { name: "sojourn.js", version: "1" },
    page: { path: page.path, url: page.url, referrer: page.referrer, title: page.title },
    locale: around.locale,
    timezone: around.timezone,
    sessionId: around.sessionId,
  };
  if (Object.keys(page.campaign).length) context.campaign = page.campaign;
  if (around.groupId) context.groupId = around.groupId;
  if (around.device) context.device = { type: around.device };
  const message: Json = {
    type: call.type,
    messageId: around.messageId,
    anonymousId: around.anonymousId,
    timestamp: around.now.toISOString(),
    ...(around.userId ? { userId: around.userId } : {}),
    ...call.fields,
  };
  for (const name of said) message[name] = options[name];
  message.context = { ...context, ...(options.context as Json | undefined) };
  return message;
}

/** An iPad asks for desktop pages and says it is a Mac; a Mac has no touch screen. */
export function hiddenDevice(agent: string, touchPoints: number): string {
  return /Macintosh/.test(agent) && touchPoints > 1 ? "tablet" : "";
}
