// The list of segments with their people, and what stands there while there is none.
import { announce, hashOf, head, link, make, means, notAllowed, reading, share, table, wrong } from "./parts.js";
import { ask, isAtLeast } from "./server.js";
import { day, isKorean, number, say, time } from "./words.js";

export const titleOf = (one) => (isKorean() && one.title_ko) || one.title;

export function segmentsPage() {
  if (!isAtLeast("analyst")) return notAllowed(say("segments"), "analyst");
  const inside = make("div", { "aria-busy": "true" }, reading());
  const title = head(say("segments"), [[say("home"), "#"]], make("p", { class: "dim" }, say("segmentsWhy")));
  const show = async () => {
    try {
      const all = await ask("GET", "/segments");
      if (!all.length) { inside.replaceChildren(await nothing()); return; }
      if (isAtLeast("editor")) title.append(link(say("newSegment"), "#new-segment", { class: "button" }));
      draw(inside, all, null, make("p", { class: "dim" }, say("reading")));
      try {
        const sizes = await ask("GET", "/segment-sizes");
        draw(inside, all, sizes, means(say("sizesMean", time(sizes.at), number(sizes.n)), sizes.as_of));
        announce(`${say("segments")}: ${number(all.length)}`);
      } catch (problem) { draw(inside, all, null, wrong(problem)); }
    } catch (problem) { inside.replaceChildren(wrong(problem)); }
    inside.setAttribute("aria-busy", "false");
  };
  show();
  return make("div", {}, title, inside);
}

// Retired ones last, each part by title.
function draw(inside, all, sizes, below) {
  const found = new Map((sizes?.rows ?? []).map((row) => [row.segment, row]));
  const sorted = [...all].sort((a, b) => Number(b.active) - Number(a.active) || titleOf(a).localeCompare(titleOf(b)));
  const rows = sorted.map((one) => {
    const row = found.get(one.key);
    const name = make("span", { class: "named" }, link(titleOf(one), hashOf({ segment: one.key })),
      make("code", {}, one.key), one.active ? null : make("span", { class: "chip" }, say("retired")));
    return [name, row ? number(row.people) : "…", row ? share(row.share) : "…", day(one.when), String(one.version)];
  });
  inside.replaceChildren(make("section", { class: "card" },
    table([say("segment"), [say("people"), "n"], say("shareOfAll"), say("sinceWhen"), [say("version"), "n"]], rows), below));
}

async function nothing() {
  const box = make("section", { class: "card empty" }, make("h2", {}, say("noSegments")), make("p", { class: "dim" }, say("noSegmentsWhat")));
  if (!isAtLeast("editor")) { box.append(make("p", {}, say("noSegmentsAnalyst"))); return box; }
  const event = await likeliest();
  const way = (from, words, why) => make("li", {}, link(words, hashOf({ "new-segment": from, event }), { class: "way" }), make("span", { class: "dim" }, why));
  box.append(make("p", {}, say("noSegmentsEditor")), make("ul", { class: "ways" },
    ...(event ? [way("recent", say("exampleRecent", event), say("exampleRecentWhy")), way("slipping", say("exampleSlipping", event), say("exampleSlippingWhy"))] : []),
    way("empty", say("exampleEmpty"), say("exampleEmptyWhy"))));
  return box;
}

// The event an example speaks of: what looks like an order, else what happens most often.
async function likeliest() {
  try {
    const { rows } = await ask("GET", "/events");
    const often = [...rows].sort((a, b) => b.count - a.count);
    return (often.find((row) => /order|purchase|paid|checkout|주문|구매|결제/i.test(row.event)) ?? often[0])?.event ?? "";
  } catch { return ""; }
}
