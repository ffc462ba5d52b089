import { viewOf } from "../address";
import type { Client } from "../types";

/** How long a single-page site takes to put the new title in place. */
const TITLE_MS = 50;

/** Page views: the one that was loaded, and each that a single-page site puts in its place. */
export function watchPages(client: Client): void {
  const off = client.config.off.includes("pages"); // the site tells its views itself
  let view = viewOf(location);
  let url = location.href;
  const look = (): void => {
    if (viewOf(location) !== view) {
      client.leave("navigate");
      client.arrive(url);
      view = viewOf(location);
      const timestamp = new Date().toISOString();
      const told = view;
      if (!off) setTimeout(() => told === view && client.page(timestamp), TITLE_MS);
    }
    url = location.href;
  };
  for (const name of ["pushState", "replaceState"] as const) {
    const plain = history[name];
    history[name] = function (this: History, ...args: Parameters<History["pushState"]>) {
      plain.apply(this, args);
      look();
    };
  }
  addEventListener("popstate", look);
  addEventListener("hashchange", look);
  if (off) return;
  client.page();
  // A page that the browser brings back whole, as it was left, does not load again.
  addEventListener("pageshow", ({ persisted }) => persisted && client.page());
}
