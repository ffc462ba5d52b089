import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { MapGrid } from "../src/map/MapGrid";
import { Notes } from "../src/map/Notes";
import { PhoneMap } from "../src/map/phone/PhoneMap";
import { SceneContext } from "../src/map/scene";
import { useMapScene } from "../src/map/useMapScene";
import type { JourneyMap } from "../src/model/document";
import type { Lang } from "../src/model/values";
import { mealkit, withParts } from "./fixture";

function Shown({ map, lang, phone }: { map: JourneyMap; lang: Lang; phone: boolean }) {
  const scene = useMapScene({ map, lang, room: 1320, zoom: "journey" });
  return (
    <SceneContext.Provider value={scene}>{phone ? <PhoneMap /> : <MapGrid />}<Notes /></SceneContext.Provider>
  );
}

const html = (map: JourneyMap, lang: Lang = "en", phone = false): string =>
  renderToString(<Shown map={map} lang={lang} phone={phone} />);

describe("the map as React components", () => {
  it("draws every stage, step and lane", () => {
    const text = html(mealkit);
    for (const part of [...mealkit.stages, ...mealkit.steps, ...mealkit.lanes]) expect(text).toContain(part.title.en);
    expect(text).toContain("What stops a review?");
  });
  it("says people of different people and stays of the ribbon", () => {
    for (const phone of [false, true]) expect(html(mealkit, "en", phone)).toContain("9,870 people");
    expect(html(mealkit)).not.toContain("10,444 people");
    expect(html(mealkit)).toContain("10,444 stays");
    const silent = withParts({ stages: mealkit.stages.map((stage) => ({ ...stage, people: null })) });
    expect(html(silent)).toContain("10,444 stays");
    expect(html(silent)).not.toContain("10,444 people");
  });
  it("speaks Korean and works on a phone", () => {
    for (const phone of [false, true]) {
      const text = html(mealkit, "ko", phone);
      for (const stage of mealkit.stages) expect(text).toContain(stage.title.ko);
      expect(text).not.toContain("Consideration");
    }
  });
  it("escapes names from data", () => {
    const evil = "<img src=x onerror=alert(1)>";
    const label = { en: evil, ko: evil };
    const text = html(withParts({
      title: label, steps: mealkit.steps.map((s) => ({ ...s, title: label, events: [evil] })),
      cells: mealkit.cells.map((c) => ({ ...c, text: label, items: c.items.map((i) => ({ ...i, label: evil })) })),
    }));
    expect(text).not.toContain("<img");
    expect(text).toContain("&lt;img");
  });
  it("stands up to empty and odd maps", () => {
    const empty = withParts({ stages: [], steps: [], lanes: [], cells: [], flows: [], open_questions: [] });
    expect(html(empty)).toContain("Every cell of this map has an answer");
    expect(html(withParts({ steps: [], cells: [] }))).toContain("no steps yet");
    const nine = withParts({
      stages: [...mealkit.stages, ...mealkit.stages].slice(0, 9).map((s, i) => ({ ...s, key: `${s.key}${i}` })),
      steps: [], cells: [], flows: [],
    });
    expect(html(nine)).toContain("is-repeat");
  });
});

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

describe("sizes", () => {
  const source = fileURLToPath(new URL("../src", import.meta.url));
  it("keeps every file under 200 lines, save the two dictionaries and the contract", () => {
    const big = files(source).filter((f) => /\.(tsx?|css)$/.test(f) && !/text\/|document\.ts$/.test(f))
      .filter((f) => readFileSync(f, "utf-8").split("\n").length > 200).map((f) => f.slice(source.length));
    expect(big).toEqual([]);
  });
  it("keeps the model free of the page and the framework", () => {
    for (const file of files(join(source, "model"))) {
      expect(readFileSync(file, "utf-8")).not.toMatch(/from "(react|preact|\.\.\/map|\.\.\/export)|\bdocument\.[a-z]+\(|\bwindow\./);
    }
  });
});
