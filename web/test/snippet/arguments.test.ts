import { describe, expect, it } from "vitest";
import { readCall } from "../../snippet/arguments";

const done = (): void => undefined;

describe("the arguments of analytics.js", () => {
  it.each([
    ["track", ["Bought"], { event: "Bought", properties: {} }],
    ["track", ["Bought", { value: 3 }], { event: "Bought", properties: { value: 3 } }],
    ["track", ["Bought", done], { event: "Bought", properties: {} }],
    ["identify", ["ann"], { userId: "ann", traits: {} }],
    ["identify", [17, { plan: "pro" }], { userId: "17", traits: { plan: "pro" } }],
    ["identify", [{ plan: "pro" }], { traits: { plan: "pro" } }],
    ["identify", [null, { plan: "pro" }], { traits: { plan: "pro" } }],
    ["page", [], { properties: {} }],
    ["page", ["Pricing"], { name: "Pricing", properties: {} }],
    ["page", ["Docs", "Pricing", { a: 1 }], { name: "Pricing", properties: { category: "Docs", a: 1 } }],
    ["page", [{ a: 1 }], { properties: { a: 1 } }],
    ["group", ["acme", { seats: 3 }], { groupId: "acme", traits: { seats: 3 } }],
    ["alias", ["ann"], { userId: "ann" }],
    ["alias", ["ann", "old"], { userId: "ann", previousId: "old" }],
  ] as const)("%s %j", (type, args, fields) => {
    expect(readCall(type, [...args])?.fields).toEqual(fields);
  });
  it("finds options and what is to be called afterwards", () => {
    const call = readCall("track", ["Bought", { value: 3 }, { timestamp: "2026-01-01" }, done]);
    expect(call?.options).toEqual({ timestamp: "2026-01-01" });
    expect(call?.done).toBe(done);
    expect(readCall("track", ["Bought", done])?.done).toBe(done);
    expect(readCall("alias", ["ann", "old", { messageId: "m" }])?.options).toEqual({ messageId: "m" });
  });
  it("takes no call that names nothing, and leaves what it was given alone", () => {
    expect(readCall("track", [])).toBeUndefined();
    expect(readCall("track", [{ value: 3 }])).toBeUndefined();
    expect(readCall("alias", [])).toBeUndefined();
    const given = ["ann", {}];
    readCall("identify", given);
    expect(given).toEqual(["ann", {}]);
  });
});
