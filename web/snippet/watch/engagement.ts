import type { Client } from "../types";

/** For so long after a sign of life the visitor counts as attending to the page. */
const ATTENTION_MS = 10_000;
const SIGNS = ["scroll", "pointerdown", "pointermove", "keydown", "touchmove", "wheel"];

/** Adds up attention between signs of life; times in milliseconds. */
export function attention(now: number): { sign(now: number): void; taken(now: number): number } {
  let last = now;
  let sum = 0;
  const sign = (at: number): void => {
    sum += Math.max(0, Math.min(at - last, ATTENTION_MS));
    last = at;
  };
  return {
    sign,
    taken(at) {
      sign(at);
      const all = sum;
      sum = 0;
      return all;
    },
  };
}

/** How far down a page has been seen, in percent of its height. */
export function depthOf(top: number, seen: number, height: number): number {
  return height > 0 ? Math.min(100, Math.round(((top + seen) / height) * 100)) : 100;
}

/** Scroll depth and engaged time, told whenever the page is left. */
export function watchEngagement(client: Client): void {
  const time = attention(performance.now());
  let deepest = 0;
  let hidden = document.visibilityState === "hidden";
  const look = (): void => {
    deepest = Math.max(deepest, depthOf(scrollY, innerHeight, document.documentElement.scrollHeight));
  };
  const sign = (): void => {
    if (hidden) return;
    time.sign(performance.now());
    look();
  };
  for (const name of SIGNS) addEventListener(name, sign, { passive: true, capture: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return;
    hidden = false;
    time.taken(performance.now()); // what passed unseen does not count
  });
  client.onLeave((why) => {
    if (!hidden) {
      if (why !== "navigate") look();
      const engaged_s = Math.round(time.taken(performance.now()) / 100) / 10;
      client.track("page_leave", { engaged_s, scroll_depth: deepest });
    }
    if (why === "navigate") deepest = 0;
    else hidden = true;
  });
}
