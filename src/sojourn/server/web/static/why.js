// Why a person is in a segment or not, rule by rule.
import { announce, card, hashOf, link, make, means, reading, wrong } from "./parts.js";
import { ask } from "./server.js";
import { isKorean, number, say, time } from "./words.js";

const INSTANT = "2026-01-31 12:00:00".length;

export function whyCard(one, at) {
  const found = make("div");
  const show = async (person, isAsked) => {
    found.replaceChildren(reading());
    try {
      const answer = await ask("GET", `/segments/${encodeURIComponent(one.key)}/people/${encodeURIComponent(person)}?version=${one.version}`);
      const words = say(answer.inside ? "isInside" : "isOutside", answer.person);
      found.replaceChildren(make("h3", { tabindex: "-1" }, words), make("ol", { class: "reasons" }, ...answer.rows.map(reason)),
        means(say("whyMeans", time(answer.at), one.version), answer.as_of), make("p", { class: "acts" }, link(say("openPerson"), hashOf({ person: answer.person }), { class: "button quiet" })));
      announce(words);
      if (isAsked) found.querySelector("h3").focus();
    } catch (problem) { found.replaceChildren(make("div", { role: "alert" }, wrong(problem))); }
  };
  const go = (event) => {
    event.preventDefault();
    const person = new FormData(event.target).get("why").trim();
    at.set("why", person);
    history.pushState(null, "", hashOf(Object.fromEntries(at)));
    show(person, true);
  };
  const asked = at.get("why") ?? "";
  const box = card(say("whyInside"), say("whyInsideWhy"), make("form", { class: "row", onsubmit: go },
    make("input", { name: "why", required: true, maxlength: 500, value: asked, "aria-label": say("personId") }), make("button", { class: "quiet" }, say("ask"))), found);
  if (asked) show(asked, true);
  return box;
}

function reason(row) {
  const events = row.events.map((event) => make("li", {}, `${time(`${event.slice(0, INSTANT).replace(" ", "T")}Z`)} · ${event.slice(INSTANT + 1)}`));
  const count = row.counted ? say(row.counted === 1 ? "countedOne" : "counted", number(row.counted)) : "";
  const more = row.counted > row.events.length ? `, ${say("newestOf", number(row.events.length))}` : "";
  const item = make("li", { class: row.holds ? "holds" : "holds not" },
    make("span", { class: "mark", "aria-hidden": "true" }, row.holds ? "✓" : "✕"),
    make("div", {}, make("span", { class: "said" }, isKorean() ? row.rule_ko : row.rule),
      count ? make("p", { class: "dim" }, count + more) : null, events.length ? make("ul", {}, ...events) : null,
      row.changes ? make("p", { class: "dim" }, say("changesAt", time(row.changes))) : null),
    make("span", { class: "state" }, say(row.holds ? "holds" : "holdsNot")));
  item.style.setProperty("--depth", row.depth); // how deep in groups of rules
  return item;
}
