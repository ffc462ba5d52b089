import { cleanUrl, viewOf } from "../address";
import type { Client, Json } from "../types";

/** The second file: its name under the collector and its seal, known when this one is built. */
declare const __VITALS__: { path: string; integrity: string };

interface Connection {
  effectiveType?: string;
}

/** Loads what measures web vitals when the page has nothing better to do; told once a page, when it is left. */
export function watchVitals(client: Client): void {
  let values: Json = {};
  // They are of the page that was loaded, whatever a single-page site shows when it is left.
  const page = { path: viewOf(location), url: cleanUrl(location.href, client.config.query) };
  window.sojournVitals = (name, value) => void (values[name] = value);
  client.onLeave((why) => {
    // Leaving by a link ends in a hidden page as well, and only then is everything measured.
    if (why !== "hidden" || !Object.keys(values).length) return;
    const connection = (navigator as { connection?: Connection }).connection?.effectiveType;
    client.track("web_vitals", { ...page, ...values, ...(connection ? { connection } : {}) });
    values = {};
    window.sojournVitals = () => undefined;
  });
  const load = (): void => {
    const script = document.createElement("script");
    script.src = `${client.config.collect}/${__VITALS__.path}`;
    script.integrity = __VITALS__.integrity;
    script.crossOrigin = "anonymous";
    script.async = true;
    document.head.append(script);
  };
  const idle = (): void => void (window.requestIdleCallback ?? setTimeout)(load);
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}
