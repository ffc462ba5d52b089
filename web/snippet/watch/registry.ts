/* Every watcher; a new one is a file and a line here. */
import type { Client } from "../types";
import { watchClicks } from "./clicks";
import { watchEngagement } from "./engagement";
import { watchErrors } from "./errors";
import { watchForms } from "./forms";
import { watchFrustration } from "./frustration";
import { watchPages } from "./pages";
import { watchRequests } from "./requests";
import { watchVitals } from "./vitals";

const WATCHERS: Record<string, (client: Client) => void> = {
  engagement: watchEngagement,
  forms: watchForms,
  clicks: watchClicks,
  frustration: watchFrustration,
  errors: watchErrors,
  requests: watchRequests,
  vitals: watchVitals,
};

export function watch(client: Client): void {
  watchPages(client);
  for (const [name, watcher] of Object.entries(WATCHERS)) if (!client.config.off.includes(name)) watcher(client);
  addEventListener("pagehide", () => client.leave("unload"));
  // At the window, so that who listens at the document, or while the event goes down, is through already.
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && client.leave("hidden"));
}
