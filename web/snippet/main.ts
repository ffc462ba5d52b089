/* The first file a tag loads: from here everything else is started. */
import { readCall } from "./arguments";
import { clientOf } from "./client";
import { asConsent, readConfig } from "./config";
import { granted } from "./consents";
import { watch } from "./watch/registry";
import type { CallType } from "./types";

type Stub = unknown[][];

declare global {
  interface Window {
    sojourn?: Stub | Record<string, unknown>;
  }
  interface Navigator {
    globalPrivacyControl?: boolean;
  }
}

const CALLS: CallType[] = ["track", "identify", "page", "group", "alias"];
const tag = document.currentScript;

function start(src: string, attributes: DOMStringMap): void {
  const waiting = window.sojourn;
  if (waiting && !Array.isArray(waiting)) return; // a second tag
  const config = readConfig(attributes, src);
  const client = clientOf(config, () => watch(client));
  const api: Record<string, (...args: unknown[]) => unknown> = {
    consent: (word) => client.consent(asConsent(word), true),
    reset: client.reset,
    anonymousId: client.anonymousId,
    ready: (told) => typeof told === "function" && told(),
  };
  for (const type of CALLS) api[type] = (...args) => client.take(readCall(type, args));
  const calls = (waiting ?? []).map(([name, ...args]) => ({ name: String(name), args }));
  window.sojourn = api;
  client.consent(granted() ? "full" : config.consent, false);
  // What was allowed while this file was loading holds for what was called then.
  for (const first of [true, false])
    for (const { name, args } of calls) if ((name === "consent") === first) api[name]?.(...args);
}

if (tag instanceof HTMLScriptElement) {
  const begin = (): void => start(tag.src, tag.dataset);
  // A page made ready in advance is not seen yet, and may never be.
  if ("prerendering" in document && document.prerendering)
    document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
}
