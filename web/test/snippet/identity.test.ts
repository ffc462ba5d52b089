import { describe, expect, it } from "vitest";
import { asConsent, readConfig } from "../../snippet/config";
import { identityIn, newId } from "../../snippet/identity";
import { cookieText, memoryStore, readCookie } from "../../snippet/store";

function setUp(store = memoryStore(), jar = { value: "" }) {
  let made = 0;
  const cookie = { read: () => jar.value, write: (value: string) => void (jar.value = value) };
  return { store, jar, who: identityIn(store, cookie, () => `id${++made}`) };
}

const MINUTE = 60_000;

describe("identity", () => {
  it("is kept in cookie and store, and outlives the loss of either", () => {
    const { store, jar, who } = setUp();
    expect(who.anonymousId()).toBe("id1");
    expect([jar.value, store.get("id")]).toEqual(["id1", "id1"]);
    expect(setUp(memoryStore(), jar).who.anonymousId()).toBe("id1");
    const other = setUp(store, { value: "" });
    expect(other.who.anonymousId()).toBe("id1");
    expect(other.jar.value).toBe("id1");
  });
  it("goes on with a session until a pause of thirty minutes", () => {
    const { who } = setUp();
    const first = who.sessionId(0);
    expect(who.sessionId(29 * MINUTE)).toBe(first);
    expect(who.sessionId(58 * MINUTE)).toBe(first);
    expect(who.sessionId(88 * MINUTE)).not.toBe(first);
  });
  it("starts anew with reset", () => {
    const { who, store } = setUp();
    const before = [who.anonymousId(), who.sessionId(0)];
    who.set("user", "ann");
    who.set("group", "acme");
    who.reset();
    expect([who.get("user"), who.get("group")]).toEqual(["", ""]);
    expect(before).not.toContain(who.anonymousId());
    expect(before).not.toContain(who.sessionId(1));
    expect(store.get("id")).toBe(who.anonymousId());
  });
  it("makes ids of 128 bits that differ", () => {
    const made = new Set(Array.from({ length: 1000 }, newId));
    expect(made.size).toBe(1000);
    expect([...made].every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});

describe("cookies", () => {
  it("reads its own among others", () => {
    expect(readCookie("a=1; sojourn_id=x=y; b=2", "sojourn_id")).toBe("x=y");
    expect(readCookie("my_sojourn_id=1", "sojourn_id")).toBe("");
    expect(readCookie("", "sojourn_id")).toBe("");
  });
  it("writes for a year, and ends at once what has no value", () => {
    expect(cookieText("n", "v", "", false)).toBe("n=v; path=/; max-age=31536000; samesite=lax");
    expect(cookieText("n", "", "x.io", true)).toBe("n=; path=/; max-age=0; samesite=lax; domain=x.io; secure");
  });
});

describe("the tag", () => {
  it.each([
    ["https://c.example/sojourn.js", "https://c.example"],
    ["https://c.example/sojourn.js?v=1", "https://c.example"],
    ["https://c.example/sojourn/0123456789abcdef/sojourn.js", "https://c.example"],
    ["https://shop.example/collect/sojourn/0a/sojourn.js", "https://shop.example/collect"],
  ])("%s sends to where it came from", (src, collect) => {
    expect(readConfig({}, src).collect).toBe(collect);
  });
  it("asks for no consent it was not told of", () => {
    expect(readConfig({}, "").consent).toBe("none");
    expect([asConsent("full"), asConsent("cookieless"), asConsent("yes"), asConsent(true)]).toEqual([
      "full", "cookieless", "none", "none",
    ]);
  });
  it("reads the rest", () => {
    const config = readConfig(
      { key: "wk_1", collect: "https://c.example/", cookieDomain: "shop.example", query: "q, page", off: "vitals forms" },
      "https://cdn.example/own.js",
    );
    expect(config).toEqual({
      key: "wk_1", collect: "https://c.example", consent: "none", cookieDomain: "shop.example",
      query: ["q", "page"], off: ["vitals", "forms"],
    });
  });
});
