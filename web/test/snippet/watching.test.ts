import { describe, expect, it } from "vitest";
import { shortText } from "../../snippet/watch/clicks";
import { attention, depthOf } from "../../snippet/watch/engagement";
import { withoutNames } from "../../snippet/watch/errors";
import { leadsAway, rageCounter } from "../../snippet/watch/frustration";
import { placeOfRequest } from "../../snippet/watch/requests";

describe("attention", () => {
  it("counts the time between signs of life, ten seconds after each at most", () => {
    const time = attention(0);
    time.sign(4_000);
    time.sign(60_000);
    expect(time.taken(65_000)).toBe(4_000 + 10_000 + 5_000);
    expect(time.taken(65_000)).toBe(0);
    expect(time.taken(500_000)).toBe(10_000);
  });
  it("never counts backwards", () => {
    const time = attention(1_000);
    time.sign(500);
    expect(time.taken(700)).toBe(200);
  });
});

it("knows how far down a page was seen", () => {
  expect(depthOf(0, 600, 2400)).toBe(25);
  expect(depthOf(1800, 600, 2400)).toBe(100);
  expect(depthOf(50, 600, 600)).toBe(100);
  expect(depthOf(0, 600, 0)).toBe(100);
});

describe("rage clicks", () => {
  const clicks = (...all: [number, number][]): boolean[] => {
    const rages = rageCounter();
    return all.map(([at, x]) => rages({ at, x, y: 0 }));
  };
  it("are three in a second or so at one place, told once a burst", () => {
    expect(clicks([0, 0], [200, 5], [400, 9], [600, 9], [800, 9])).toEqual([false, false, true, false, false]);
    expect(clicks([0, 0], [200, 0], [400, 0], [2000, 0], [2100, 0], [2200, 0]).filter(Boolean).length).toBe(2);
  });
  it("are no slow clicks, and no clicks along a row", () => {
    expect(clicks([0, 0], [1000, 0], [2000, 0])).not.toContain(true);
    expect(clicks([0, 0], [200, 40], [400, 80])).not.toContain(true);
  });
});

it("tells a link to another page from one within it, or to nowhere", () => {
  const here = "https://shop.example/a?x=1#top";
  expect(leadsAway("https://shop.example/b", here)).toBe(true);
  expect(leadsAway("https://shop.example/a?x=2", here)).toBe(true);
  expect(leadsAway("https://shop.example/a?x=1#", here)).toBe(false);
  expect(leadsAway("javascript:void(0)", here)).toBe(false);
});

it("takes mail addresses and long numbers out of messages, and cuts them", () => {
  expect(withoutNames("no user ann@x.io, order 12345678, line 12")).toBe("no user * order *, line 12");
  expect(withoutNames("x".repeat(500)).length).toBe(200);
});

it("keeps of a request no more than host and path", () => {
  expect(placeOfRequest("/api/cart?token=s#x", "https://shop.example/a")).toEqual({ path: "/api/cart", host: "shop.example" });
  expect(placeOfRequest("https://ann:pw@api.example/v1?x=1", "https://shop.example")).toEqual({ path: "/v1", host: "api.example" });
  expect(placeOfRequest("blob:https://shop.example/1", "https://shop.example")).toBeUndefined();
  expect(placeOfRequest("http://[", "https://shop.example")).toBeUndefined();
});

it("shortens what a button says", () => {
  expect(shortText("  Buy\n   now ")).toBe("Buy now");
  expect(shortText("a".repeat(99)).length).toBe(60);
  expect(shortText(null)).toBe("");
});
