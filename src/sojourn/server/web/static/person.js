// One person: what is known, what they did, and with whom they were merged.
import { known } from "./facts.js";
import { mergeForm, mergesOf } from "./merging.js";
import { announce, card, hashOf, head, list, make, means, notAllowed, reading, table, wrong } from "./parts.js";
import { ask, base, isAtLeast } from "./server.js";
import { isKorean, number, say, time } from "./words.js";

const SHOWN = 100;

function timeline(answer) {
  const rows = answer.rows.map((row) => [row.time ? time(row.time) : "–", row.event,
    Object.entries(row.properties ?? {}).map(([key, value]) => `${key} ${String(value).replace(/ XXX$/, "")}`).join(" · ")]);
  return card(say("timeline"), "", table([say("when"), say("event"), say("properties")], rows.reverse()),
    means(say("personMeans", number(answer.totals.events), number(answer.totals.shown)), answer.as_of));
}

function takeAway(person) {
  return card(say("exported"), say("exportWhy"),
    make("a", { class: "button quiet", href: `${base}/api/v1/people/${encodeURIComponent(person)}/export`, download: "person.json" }, say("exportIt")));
}

export function personPage(asked, again) {
  if (!isAtLeast("analyst")) return notAllowed(asked, "analyst");
  const inside = make("div", { "aria-busy": "true" }, reading());
  const title = head(asked, [[say("home"), "#"], [say("onePerson"), "#"]]);
  const show = async () => {
    try {
      const [answer, merges, segments] = await Promise.all([
        ask("GET", `/people/${encodeURIComponent(asked)}/events?limit=${SHOWN}`), ask("GET", "/merges"), ask("GET", "/segments")]);
      const titles = Object.fromEntries(segments.map((one) => [one.key, (isKorean() && one.title_ko) || one.title]));
      const { person } = answer;
      title.querySelector("h1").textContent = person;
      const facts = known(answer, titles);
      const same = [person, ...answer.merged];
      const mine = merges.filter((one) => same.includes(one.gone) || same.includes(one.kept));
      inside.replaceChildren(
        answer.merged.includes(asked) || answer.merged.includes(`anon:${asked}`) ? make("p", { class: "note" }, say("countsAs", asked, person)) : "",
        card(say("known"), "", facts.length ? list(facts) : make("p", { class: "dim" }, say("nothingKnown"))),
        timeline(answer), mine.length ? card(say("merges"), "", mergesOf(mine, again)) : "",
        isAtLeast("editor") ? mergeForm(answer, again) : "", isAtLeast("admin") ? takeAway(person) : "");
      announce(`${person}. ${say("personMeans", number(answer.totals.events), number(answer.totals.shown))}`);
    } catch (problem) { inside.replaceChildren(make("section", { class: "card" }, wrong(problem), search())); }
    inside.setAttribute("aria-busy", "false");
  };
  show();
  return make("div", {}, title, inside);
}

export function search() {
  const go = (event) => {
    event.preventDefault();
    location.hash = hashOf({ person: new FormData(event.target).get("person").trim() });
  };
  return make("form", { class: "row", onsubmit: go },
    make("input", { name: "person", required: true, "aria-label": say("person") }), make("button", { class: "quiet" }, say("show")));
}

export function mergesPage(again) {
  if (!isAtLeast("analyst")) return notAllowed(say("merges"), "analyst");
  const inside = make("div", {}, reading());
  ask("GET", "/merges").then(
    (all) => inside.replaceChildren(make("section", { class: "card" }, all.length ? mergesOf(all, again) : make("p", { class: "waiting" }, say("noMerges")))),
    (problem) => inside.replaceChildren(wrong(problem)));
  return make("div", {}, head(say("merges"), [[say("home"), "#"]], make("p", { class: "dim" }, say("mergesWhy"))), inside);
}
