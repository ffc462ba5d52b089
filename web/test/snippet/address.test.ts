import { describe, expect, it } from "vitest";
import { campaignOf, cleanUrl, clickIdsOf, viewOf } from "../../snippet/address";

describe("addresses", () => {
  it("reads campaigns under the names the collector knows", () => {
    expect(campaignOf("?utm_source=naver&UTM_Medium=cpc&utm_campaign=%EB%B4%84&utm_term=&q=1")).toEqual({
      source: "naver", medium: "cpc", name: "봄",
    });
    expect(campaignOf("")).toEqual({});
  });
  it("reads click ids whatever their case", () => {
    expect(clickIdsOf("?gclid=a1&FBCLID=b2&NaPm=c3&password=x&ttclid=")).toEqual({ gclid: "a1", fbclid: "b2", napm: "c3" });
  });
  it.each([
    ["https://shop.example/a/b?token=secret#top", [], "https://shop.example/a/b"],
    ["https://shop.example/find?q=tea&email=ann@x.io", ["q"], "https://shop.example/find?q=tea"],
    ["https://ann:secret@shop.example/", [], "https://shop.example/"],
    ["javascript:alert(1)", [], ""],
    ["android-app://com.example", [], ""],
    ["", [], ""],
  ])("%s is kept as far as it says where", (url, kept, clean) => {
    expect(cleanUrl(url, kept)).toBe(clean);
  });
  it("tells views apart by path and by a route in the fragment, not by a place on the page", () => {
    const view = (url: string): string => viewOf(new URL(url, "https://shop.example"));
    expect(view("/a?x=1#reviews")).toBe("/a");
    expect(view("/#/cart?step=2")).toBe("/#/cart");
    expect(view("/app#!/cart")).toBe("/app#!/cart");
  });
});
