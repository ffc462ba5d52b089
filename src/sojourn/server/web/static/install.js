// Connecting a site or a server: make a key, copy lines, see the first events come.
import { copied } from "./parts.js";
import { number, say } from "./words.js";

const LOOK_EVERY_MS = 1500;
const SHOWN = 6;

// Kept while the page is drawn anew, in the other language say: a key is shown once.
let opened = 0;
let secret = "";
let chosen = "";

export function forget() { opened = 0; secret = ""; chosen = ""; }

export function install({ ask, make }) {
  opened ||= Date.now();
  let given = null;
  const code = make("div");
  const arrivals = make("div", { "aria-live": "polite" });

  function show() {
    if (!given) return;
    const one = given.snippets.find((each) => each.name === chosen) ?? given.snippets[0];
    const tabs = make("div", { class: "tabs", role: "tablist" }, ...given.snippets.map((each) =>
      make("button", { type: "button", role: "tab", "aria-selected": String(each === one),
        onclick: () => { chosen = each.name; show(); } }, each.title)));
    const text = secret ? one.code.replaceAll(given.placeholder, secret) : one.code;
    code.replaceChildren(tabs,
      make("p", { class: "dim" }, say(one.name === "browser" ? "pasteBrowser" : "pasteServer")),
      ...(one.install ? [copied(one.install)] : []), copied(text),
      ...(secret ? [] : [make("p", { class: "dim" }, say("keyFirst"))]));
  }

  function keyStep() {
    const told = make("div", { "aria-live": "polite" });
    const tell = () => told.replaceChildren(make("p", {}, say("once")), copied(secret));
    if (secret) { tell(); return [told]; }
    const add = async (event) => {
      event.preventDefault();
      const of = event.target;
      try {
        const made = await ask("POST", "/keys", { name: new FormData(of).get("name") });
        secret = made.secret;
        tell();
        of.hidden = true;
        show();
      } catch (problem) { told.replaceChildren(make("p", { class: "error" }, problem.message)); }
    };
    return [make("form", { class: "row", onsubmit: add },
      make("input", { name: "name", required: true, maxlength: 64, value: "website", "aria-label": say("keyName") }),
      make("button", {}, say("make"))), told];
  }

  async function look() {
    let rows;
    try { rows = (await ask("GET", "/events")).rows; } catch { rows = []; } // none yet: looked at again
    const newest = rows.filter((row) => row.last_seen).sort((a, b) => b.last_seen.localeCompare(a.last_seen)).slice(0, SHOWN);
    if (!newest.length) {
      arrivals.replaceChildren(make("p", { class: "waiting" }, say("looking")));
      return;
    }
    const lines = newest.map((row) => {
      const seen = Date.parse(row.last_seen);
      const age = Math.max(0, Math.round((Date.now() - seen) / 1000));
      return make("li", { class: seen > opened ? "new" : undefined }, make("span", {}, row.event),
        make("span", {}, seen > opened ? say("ago", number(age)) : say("before")));
    });
    const fresh = Date.parse(newest[0].last_seen) > opened;
    arrivals.replaceChildren(
      make("p", fresh ? { class: "live" } : { class: "waiting" }, say(fresh ? "arrived" : "looking")),
      make("ul", { class: "arrivals" }, ...lines));
  }

  const step = (title, why, ...children) => make("li", { class: "card" }, make("h2", {}, title),
    why ? make("p", { class: "dim" }, why) : null, ...children);
  ask("GET", "/install").then((answer) => { given = answer; show(); },
    (problem) => code.replaceChildren(make("p", { class: "error" }, problem.message)));
  arrivals.replaceChildren(make("p", { class: "waiting" }, say("looking")));
  look();
  const element = make("div", {}, make("p", {}, make("a", { class: "button quiet", href: "#" }, say("back"))),
    make("h1", {}, say("install")), make("p", { class: "dim" }, say("installWhy")),
    make("ol", { class: "steps" }, step(say("stepKey"), say("stepKeyWhy"), ...keyStep()),
      step(say("stepPaste"), "", code), step(say("stepSee"), "", arrivals)));
  return { element, watching: setInterval(look, LOOK_EVERY_MS) };
}
