import { describe, expect, it } from "vitest";
import { readCall } from "../../snippet/arguments";
import { consentCall, isLess, refuses } from "../../snippet/consents";
import { hiddenDevice, messageOf, pageAt, type Around } from "../../snippet/message";
import type { Call } from "../../snippet/types";

const around: Around = {
  page: pageAt("https://shop.example/tea?utm_source=naver&gclid=g1&token=s#top", "https://search.example/?q=tea", "Tea", []),
  anonymousId: "a1", userId: "", groupId: "", sessionId: "s1", messageId: "m1",
  now: new Date(0), locale: "ko-KR", timezone: "Asia/Seoul", device: "",
};
const said = (type: Call["type"], args: unknown[], more: Partial<Around> = {}) =>
  messageOf(readCall(type, args) as Call, { ...around, ...more });

describe("a message", () => {
  it("says who, what, when and where, and nothing else of the address", () => {
    expect(said("track", ["Bought", { value: 3 }])).toEqual({
      type: "track", event: "Bought", properties: { value: 3 },
      messageId: "m1", anonymousId: "a1", timestamp: "1970-01-01T00:00:00.000Z",
      context: {
        library: { name: "sojourn.js", version: "1" },
        page: { path: "/tea", url: "https://shop.example/tea", referrer: "https://search.example/", title: "Tea" },
        locale: "ko-KR", timezone: "Asia/Seoul", sessionId: "s1", campaign: { source: "naver" },
      },
    });
    expect(around.page.clickIds).toEqual({ gclid: "g1" });
  });
  it("names the user, the group and a device in disguise", () => {
    const message = said("track", ["Bought"], { userId: "ann", groupId: "acme", device: "tablet" });
    expect(message).toMatchObject({ userId: "ann", context: { groupId: "acme", device: { type: "tablet" } } });
    expect(said("identify", ["bob"], { userId: "ann" }).userId).toBe("bob");
  });
  it("lets the caller's options go first", () => {
    const options = { messageId: "own", timestamp: "2026-01-01", anonymousId: "x", context: { locale: "en" }, integrations: {} };
    const message = said("track", ["Bought", {}, options]);
    expect(message).toMatchObject({ messageId: "own", timestamp: "2026-01-01", anonymousId: "x" });
    expect(message.context).toMatchObject({ locale: "en", sessionId: "s1" });
    expect(message).not.toHaveProperty("integrations");
  });
});

describe("what the browser says", () => {
  it("knows an iPad that says it is a Mac", () => {
    expect(hiddenDevice("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)", 5)).toBe("tablet");
    expect(hiddenDevice("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)", 0)).toBe("");
    expect(hiddenDevice("Mozilla/5.0 (iPhone)", 5)).toBe("");
  });
  it("takes Do Not Track and Global Privacy Control for a no", () => {
    expect(refuses({ doNotTrack: "1" })).toBe(true);
    expect(refuses({ globalPrivacyControl: true })).toBe(true);
    expect(refuses({ doNotTrack: "0", globalPrivacyControl: false })).toBe(false);
    expect(refuses({ doNotTrack: null })).toBe(false);
  });
});

describe("consent", () => {
  const preferences = (mode: "none" | "cookieless" | "full"): unknown => consentCall(mode).options.context;
  it("is told for each purpose the snippet has", () => {
    expect(preferences("none")).toEqual({ consent: { categoryPreferences: { analytics: false, storage: false } } });
    expect(preferences("cookieless")).toEqual({ consent: { categoryPreferences: { analytics: true, storage: false } } });
    expect(preferences("full")).toEqual({ consent: { categoryPreferences: { analytics: true, storage: true } } });
  });
  it("is less where something is no longer allowed, not where nothing was or more is", () => {
    const modes = ["none", "cookieless", "full"] as const;
    const less = modes.flatMap((before) => modes.filter((wish) => isLess(wish, before)).map((wish) => [before, wish]));
    expect(less).toEqual([["cookieless", "none"], ["full", "none"], ["full", "cookieless"]]);
  });
});
