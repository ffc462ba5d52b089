// One segment: how many are inside, its rule with versions, its people, and why somebody is inside.
import { kept } from "./drafts.js";
import { announce, button, card, follow, hashOf, head, link, make, means, notAllowed, reading, share, table, wrong } from "./parts.js";
import { titleOf } from "./segments.js";
import { ask, isAtLeast } from "./server.js";
import { day, number, say, time } from "./words.js";
import { whyCard } from "./why.js";

const PAGE = 20;

export function segmentPage(at, again) {
  const key = at.get("segment");
  if (!isAtLeast("analyst")) return notAllowed(key, "analyst");
  const version = at.get("version") ?? "";
  const inside = make("div", { "aria-busy": "true" }, reading());
  const title = head(key, [[say("home"), "#"], [say("segments"), "#segments"]]);
  const show = async () => {
    try {
      const one = await ask("GET", `/segments/${encodeURIComponent(key)}${version && `?version=${encodeURIComponent(version)}`}`);
      title.querySelector("h1").textContent = titleOf(one);
      title.append(make("p", { class: "chips" }, make("code", {}, one.key), make("span", { class: "chip" }, say("versionN", one.version)),
        make("span", { class: one.active ? "chip good" : "chip" }, say(one.active ? "followed" : "retired"))));
      const counted = { people: null };
      inside.replaceChildren(older(one), size(one, counted), make("div", { class: "pair" }, rule(one, counted, again), history(one)),
        whyCard(one, at), members(one, at));
      announce(titleOf(one));
    } catch (problem) { inside.replaceChildren(make("section", { class: "card" }, wrong(problem))); }
    inside.setAttribute("aria-busy", "false");
  };
  show();
  return make("div", {}, title, inside);
}

const newestOf = (one) => one.versions.at(-1).version;
const pathOf = (one, rest) => `/segments/${encodeURIComponent(one.key)}${rest}${rest.includes("?") ? "&" : "?"}version=${one.version}`;

function older(one) {
  if (one.version === newestOf(one)) return "";
  return make("p", { class: "note" }, say("olderVersion", one.version, newestOf(one)), " ", link(say("showNewest"), hashOf({ segment: one.key })));
}

function size(one, counted) {
  const box = make("section", { class: "card figure", "aria-label": say("people") }, reading());
  ask("GET", pathOf(one, "/size")).then((found) => {
    const [row] = found.rows;
    counted.people = row.people;
    box.replaceChildren(
      make("p", { class: "loud" }, make("strong", {}, number(row.people)), say(row.people === 1 ? "personIn" : "peopleIn")),
      share(row.share, true), means(say("sizeMeans", time(found.at), number(found.n)), found.as_of));
  }, (problem) => box.replaceChildren(wrong(problem)));
  return box;
}

function rule(one, counted, again) {
  const isNewest = one.version === newestOf(one);
  const asking = make("div");
  const acts = make("div", { class: "acts" });
  if (isAtLeast("editor")) {
    acts.append(link(say(kept(one.key) ? "goOn" : isNewest ? "newVersion" : "editFrom"), hashOf({ "edit-segment": one.key, version: isNewest ? "" : String(one.version) }), { class: "button" }));
    if (isNewest && one.active) acts.append(button(say("retire"), () => askRetire(one, counted, asking, again)));
    if (isNewest && !one.active) acts.append(button(say("followAgain"), () => followAgain(one, asking, again)));
  }
  return card(say("rule"), "", make("pre", { tabindex: "0", "aria-label": say("rule") }, make("code", {}, one.document)),
    make("p", { class: "dim" }, [`${day(one.when)} · ${one.who}`, one.why].filter(Boolean).join(" · ")), acts, asking);
}

function askRetire(one, counted, asking, again) {
  const error = make("div", { role: "alert" });
  const go = async () => {
    error.replaceChildren();
    try {
      await ask("DELETE", `/segments/${encodeURIComponent(one.key)}`);
      again(say("retiredNow", titleOf(one)));
    } catch (problem) { error.replaceChildren(wrong(problem)); }
  };
  const words = counted.people === null ? say("confirmRetireUnknown") : say("confirmRetire", number(counted.people));
  const back = () => { asking.replaceChildren(); asking.previousElementSibling.querySelector("button").focus(); };
  asking.replaceChildren(make("div", { class: "asked", onkeydown: (event) => { if (event.key === "Escape") back(); } },
    make("h3", { tabindex: "-1" }, say("retireAsk", titleOf(one))), make("p", {}, say("retireWhat")), error,
    make("div", { class: "acts" }, button(words, go, { class: "" }), button(say("cancel"), back))));
  asking.querySelector("h3").focus();
}

async function followAgain(one, asking, again) {
  try { // the server writes the line so, at the beginning of one
    const made = await ask("POST", "/segments", { document: one.document.replace(/^active: false\n/m, ""), why: say("followAgain") });
    again(say("followedAgain", titleOf(one), made.version));
  } catch (problem) { asking.replaceChildren(wrong(problem)); }
}

function history(one) {
  const rows = [...one.versions].reverse().map((each) => {
    const isShown = each.version === one.version;
    const href = hashOf({ segment: one.key, version: each.version === newestOf(one) ? "" : String(each.version) });
    return [isShown ? make("strong", { "aria-current": "true" }, `${each.version} · ${say("shown")}`)
      : link(String(each.version), href, { "aria-label": say("showVersion", each.version) }), `${day(each.when)} · ${each.who}`, each.why];
  });
  return card(say("history"), "", table([say("version"), say("who"), say("why")], rows));
}

// Pages before the one shown are known where they were walked through.
const trail = new Map();

function members(one, at) {
  const inside = make("div", { "data-wide": true }, reading());
  const box = card(say("members"), "", inside);
  const hash = (after, from) => hashOf({ ...Object.fromEntries(at), after, from: from > 1 ? String(from) : "" });
  const show = async (after, from, isMoved) => {
    try {
      const found = await ask("GET", pathOf(one, `/members?limit=${PAGE}&after=${encodeURIComponent(after)}`));
      const people = found.rows.map((row) => row.person);
      const last = people.at(-1);
      const until = from + people.length - 1;
      const step = (words, to, start) => link(words, hash(to, start), { class: "button quiet",
        onclick: (event) => follow(event, () => { at.set("after", to); at.set("from", start); show(to, start, true); }) });
      const before = trail.get(`${one.key} ${after}`);
      const steps = [];
      if (after) steps.push(before === undefined ? step(say("firstPage"), "", 1) : step(say("previousPage"), before, Math.max(1, from - PAGE)));
      if (last !== undefined && until < found.people) { trail.set(`${one.key} ${last}`, after); steps.push(step(say("nextPage"), last, until + 1)); }
      const rows = people.map((person) => make("li", {}, link(person, hashOf({ person })),
        link(say("whyIn"), hashOf({ segment: one.key, version: at.get("version") ?? "", why: person }), { "aria-label": say("whyOf", person) })));
      const range = say("membersShown", number(from), number(until), number(found.people));
      inside.replaceChildren(...(people.length ? [make("p", { class: "dim" }, range), make("ul", { class: "members" }, ...rows)] : [make("p", { class: "waiting" }, say("noMembers"))]),
        make("nav", { class: "acts", "aria-label": say("members") }, ...steps),
        means(say("sizeMeans", time(found.at), number(found.n)), found.as_of));
      if (isMoved) { announce(range); box.querySelector("h2").focus(); }
    } catch (problem) { inside.replaceChildren(wrong(problem)); }
  };
  show(at.get("after") ?? "", Number(at.get("from")) || 1, false);
  return box;
}
