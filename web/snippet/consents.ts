/* What a visitor allows: what their browser says of it, what is remembered, and how a change is told. */
import { browserStore } from "./store";
import type { Call, Consent } from "./types";

/** Under this name a store keeps what the visitor granted and was told of. */
export const GRANTED = "consent";

/** Do Not Track and Global Privacy Control are a no that nothing on the page can turn into a yes. */
export function refuses(browser: { doNotTrack?: string | null; globalPrivacyControl?: boolean } = navigator): boolean {
  return browser.doNotTrack === "1" || browser.globalPrivacyControl === true;
}

/** What this visitor once granted here. */
export function granted(): boolean {
  return browserStore().get(GRANTED) === "full";
}

/** Whether less is allowed than before. */
export function isLess(wish: Consent, before: Consent): boolean {
  return wish !== before && (before === "full" || wish === "none");
}

/** The event of a change: granted or denied for each purpose the snippet has. */
export function consentCall(mode: Consent): Call {
  const categoryPreferences = { analytics: mode !== "none", storage: mode === "full" };
  return {
    type: "track",
    fields: { event: "consent_change", properties: { consent_mode: mode } },
    options: { context: { consent: { categoryPreferences } } },
  };
}
