import { describe, expect, it } from "vitest";
import { whose } from "../src/model/whose";
import { en } from "../src/text/en";
import { ko } from "../src/text/ko";
import { mealkit } from "./fixture";

const people = { people: "device = mobile", events: "" };

describe("whose journey", () => {
  it("is everybody's only without conditions", () => {
    expect(whose({ persona: null, filters: null }, en)).toBe("all people");
    expect(whose({ persona: null, filters: people }, en)).toBe("people where device = mobile");
    expect(whose({ persona: null, filters: people }, ko)).toBe("‘device = mobile’에 맞는 고객");
  });
  it("names the condition on events and a persona too", () => {
    expect(whose({ persona: null, filters: { ...people, events: "event != home" } }, en))
      .toBe("people where device = mobile, only events where event != home");
    expect(whose({ persona: mealkit.persona, filters: people }, en))
      .toBe(`${mealkit.persona?.name} · people where device = mobile`);
  });
});
