import { describe, expect, it } from "vitest";
import { moneyRange } from "../src/model/money";
import { percent, percentRange, percentWhole, short, signed, significant, whole } from "../src/model/numbers";
import { niceBelow } from "../src/model/scale";
import { dateRange, dateTime, daysBetween, duration, durationRange } from "../src/model/time";

describe("counts", () => {
  it.each([
    [52310, "52.3k", "5.23만"], [1_200_000, "1.2M", "120만"], [120_000_000, "120M", "1.2억"], [999, "999", "999"],
    [999_960, "1M", "100만"], [0, "0", "0"], [1e12, "1T", "1조"],
  ])("%d short", (value, en, ko) => {
    expect(short(value, "en")).toBe(en);
    expect(short(value, "ko")).toBe(ko);
  });
  it("groups thousands and writes a real minus", () => {
    expect(whole(-1234567)).toBe("−1,234,567");
    expect(signed(-0.04, 1)).toBe("0.0");
    expect(signed(1.24, 1)).toBe("+1.2");
  });
  it("keeps three figures", () => {
    expect(significant(1.33)).toBe("1.33");
    expect(significant(104_499)).toBe("104,000");
    expect(significant(12)).toBe("12");
  });
  it("says small shares honestly", () => {
    expect(percent(0.0004)).toBe("<0.1%");
    expect(percent(0)).toBe("0.0%");
    expect(percentWhole(0.004)).toBe("<1");
    expect(percentRange(0.3291, 0.3389, "ko")).toBe("32.9~33.9");
  });
  it("finds round numbers for scales", () => {
    expect([0.4, 1, 7, 19, 20, 4999].map(niceBelow)).toEqual([1, 1, 5, 10, 20, 2000]);
  });
});

describe("money", () => {
  it("follows the guide's examples", () => {
    expect(moneyRange(32e6, 104e6, "KRW", "en")).toBe("₩32M–104M");
    expect(moneyRange(32e6, 104e6, "KRW", "ko")).toBe("3,200만~1억 400만 원");
    expect(moneyRange(32e6, 104e6, "KRW", "ko", true)).toBe("3,200만~1.04억");
    expect(moneyRange(12e6, 38e6, "KRW", "ko", true)).toBe("1,200~3,800만");
    expect(moneyRange(38_900, 38_900, "KRW", "ko")).toBe("38,900원");
  });
  it("knows minor units and unknown currencies", () => {
    expect(moneyRange(123_456, 9_900_000, "USD", "en")).toBe("$1.23k–99k");
    expect(moneyRange(100, 200, "SEK", "en")).toBe("SEK 1–2");
    expect(moneyRange(100, 200, "XXX", "ko")).toBe("1~2");
  });
});

describe("time", () => {
  it("uses the unit of its size", () => {
    expect([4.6, 214, 38 / 1440, 5 / 86400, 7.1 / 24].map((d) => duration(d, "en"))).toEqual(
      ["4.6 d", "214 d", "38 min", "5 s", "7.1 h"]);
    expect(duration(4.6, "ko")).toBe("4.6일");
    expect(durationRange(4.6, 4.4, 4.8, "ko")).toBe("4.4~4.8");
  });
  it("writes dates in the workspace's zone", () => {
    expect(dateTime("2025-12-05T00:41:00+00:00", "Asia/Seoul", "en")).toBe("5 Dec 2025, 09:41");
    expect(dateTime("2025-12-05T00:41:00+00:00", "Asia/Seoul", "ko")).toBe("2025년 12월 5일 09:41");
    expect(dateRange("2025-09-01", "2025-11-30", "UTC", "en")).toBe("1 Sep – 30 Nov 2025");
    expect(dateRange("2025-09-01", "2025-11-30", "UTC", "ko")).toBe("2025년 9월 1일~11월 30일");
    expect(dateRange("2016-09-04", "2018-10-17", "UTC", "ko")).toBe("2016년 9월 4일~2018년 10월 17일");
    expect(daysBetween("2025-09-01", "2025-11-30", "UTC")).toBe(91);
  });
  it("leaves unreadable dates as they are", () => {
    expect(dateTime("soon", "Nowhere/Here", "en")).toBe("soon");
    expect(dateRange("", "", "UTC", "en")).toBe("");
  });
});

