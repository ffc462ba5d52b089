// Sign-in, the first account, a home page, and which page an address means.
import { accessPage } from "./access.js";
import { areThere, dropAll } from "./drafts.js";
import { forget, install } from "./install.js";
import { button, card, copied, field, link, make, table, wrong } from "./parts.js";
import { mergesPage, personPage, search } from "./person.js";
import { segmentPage } from "./segment.js";
import { editorPage } from "./segment-editor.js";
import { segmentsPage } from "./segments.js";
import { ask, base, isAtLeast, state } from "./server.js";
import { failure, isKorean, number, say, switchLanguage, time } from "./words.js";

const main = document.getElementById("main");
const told = document.getElementById("told");
let watching = 0;

function form(title, why, fields, done, more, failed = "") {
  const error = make("p", { class: "error", role: "alert" }, failed);
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      state.session = await done(Object.fromEntries(new FormData(event.target)));
      history.replaceState(null, "", location.pathname + (/^#(setup|failed)=/.test(location.hash) ? "" : location.hash));
      draw();
    } catch (problem) { error.textContent = problem.message; }
  };
  return make("form", { class: "card narrow", onsubmit: submit }, make("h1", {}, title),
    why ? make("p", { class: "dim" }, why) : null, ...fields, make("button", {}, title), error, ...more);
}

// The provider's page takes over; where to come back to goes along, and so does an invitation.
function elsewhere(invitation) {
  if (!state.provider) return [];
  const error = make("p", { class: "error", role: "alert" });
  const go = async () => {
    error.textContent = "";
    const next = /^#(setup|failed)=/.test(location.hash) ? "" : location.hash;
    try { location.assign((await ask("POST", "/sign-in", { next, invitation })).address); }
    catch (problem) { error.textContent = problem.message; }
  };
  return [make("p", { class: "or dim" }, say("or")),
    make("button", { type: "button", class: "quiet", id: "provider", onclick: go }, say("signInWith", state.provider)), error];
}

function entrance() {
  const failed = location.hash.startsWith("#failed=") ? failure(location.hash.slice(8)) : "";
  const invitation = location.hash.startsWith("#setup=") ? location.hash.slice(7) : "";
  const email = field(say("email"), { name: "email", type: "email", autocomplete: "username" });
  if (invitation) {
    const password = field(say("newPassword"), { name: "password", type: "password", autocomplete: "new-password", minlength: 12 });
    return form(say("setUp"), say("setUpWhy"), [email, password], (given) => ask("POST", "/setup", { invitation, ...given }), elsewhere(invitation));
  }
  const password = field(say("password"), { name: "password", type: "password", autocomplete: "current-password" });
  return form(say("signIn"), "", [email, password], (given) => ask("POST", "/session", given), elsewhere(""), failed);
}

function arriving() {
  const inside = make("div", { "aria-live": "polite", "data-wide": true }, make("p", { class: "dim" }, say("reading")));
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    try { inside.replaceChildren(...await seen()); } catch { /* looked at again in a moment */ }
    busy = false;
  };
  look();
  watching = setInterval(look, 2000);
  return card(say("arriving"), "", inside);
}

async function seen() {
  let answer;
  try { answer = await ask("GET", "/events"); } catch (problem) { return [make("p", {}, problem.message)]; }
  if (!answer.rows.length) {
    const call = `curl ${state.session.collector}/v1/track -u WRITE_KEY: \\\n  -H 'content-type: application/json' \\\n  -d '{"userId": "ann", "event": "Order Completed"}'`;
    return [make("p", {}, say("none")), make("pre", {}, make("code", {}, call))];
  }
  const total = answer.rows.reduce((sum, row) => sum + row.count, 0);
  const newest = answer.rows.map((row) => row.last_seen).filter(Boolean).sort().at(-1);
  const rows = answer.rows.slice(0, 12).map((row) => [row.event, row.count, row.people, row.last_seen ? time(row.last_seen) : "–"]);
  return [
    make("p", { class: "live" }, say("seen", number(total), newest ? time(newest) : "–")),
    table([say("event"), say("count"), say("people"), say("last")], rows),
    make("p", { class: "means" }, `${say("eventsMean")} ${say("asOf", time(answer.as_of))}`),
  ];
}

function person() {
  return card(say("person"), say("personWhy"), search(), make("p", { class: "below" }, link(say("allMerges"), "#merges")));
}

function keys() {
  const inside = make("div");
  const secret = make("div", { "aria-live": "polite" });
  const look = async () => {
    const all = await ask("GET", "/keys");
    inside.replaceChildren(table([say("keyName"), ""], all.map((key) => [key.name, key.revoked ? say("revoked")
      : button(say("revoke"), async () => { await ask("DELETE", `/keys/${encodeURIComponent(key.name)}`); look(); })])));
  };
  const add = async (event) => {
    event.preventDefault();
    const of = event.target;
    try {
      const made = await ask("POST", "/keys", { name: new FormData(of).get("name") });
      secret.replaceChildren(make("p", {}, say("once")), copied(made.secret));
      of.reset();
      look();
    } catch (problem) { secret.replaceChildren(wrong(problem)); }
  };
  look();
  return card(say("keys"), say("keysWhy"), inside, make("form", { class: "row", onsubmit: add },
    make("input", { name: "name", required: true, maxlength: 64, "aria-label": say("keyName") }), make("button", { class: "quiet" }, say("make"))), secret);
}

function home() {
  const language = isKorean() ? "ko" : "en";
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const isEditor = isAtLeast("editor");
  const isAnalyst = isAtLeast("analyst");
  const isAdmin = isAtLeast("admin");
  return make("div", {}, make("h1", { tabindex: "-1" }, state.session.workspace), make("div", { class: "grid" },
    arriving(),
    card(say("map"), say("mapWhy"), make("a", { class: "button", href: `${base}/map?lang=${language}&theme=${theme}` }, say("openMap"))),
    isAnalyst ? card(say("segments"), say("segmentsWhy"), link(say("openSegments"), "#segments", { class: "button quiet" })) : null,
    isAnalyst ? person() : null,
    isEditor ? card(say("install"), say("installWhy"), link(say("openInstall"), "#install", { class: "button quiet" })) : null,
    isEditor ? keys() : null,
    card(say(isAdmin ? "access" : "tokens"), say(isAdmin ? "accessWhy" : "tokensOnlyWhy"), link(say("openAccess"), "#access", { class: "button quiet" }))));
}

function installPage() {
  const page = install({ ask, make });
  watching = page.watching;
  return page.element;
}

// Which page an address means: its first part names it, the others are that page's own.
const PAGES = {
  access: () => accessPage(again),
  install: installPage,
  segments: segmentsPage,
  segment: (at) => segmentPage(at, again),
  "new-segment": (at) => editorPage(at, again),
  "edit-segment": (at) => editorPage(at, again),
  person: (at) => personPage(at.get("person"), again),
  merges: () => mergesPage(again),
};

function page() {
  const at = new URLSearchParams(location.hash.slice(1));
  return (Object.entries(PAGES).find(([name]) => at.has(name))?.[1] ?? home)(at);
}

function tell(words) {
  told.hidden = !words;
  told.replaceChildren(words);
}

// The page anew after something was done, or another one, with words about it.
function again(words, hash = location.hash) {
  history[hash === location.hash ? "replaceState" : "pushState"](null, "", hash);
  turn();
  tell(words);
}

// Another page: it begins at its top, for whoever looks and for whoever listens.
function turn() {
  tell("");
  draw();
  scrollTo(0, 0);
  main.querySelector("h1")?.focus({ preventScroll: true });
}

function draw() {
  const { session } = state;
  clearInterval(watching);
  document.documentElement.lang = isKorean() ? "ko" : "en";
  document.getElementById("language").textContent = say("other");
  document.getElementById("place").textContent = decodeURIComponent(base.slice(3));
  document.getElementById("me").textContent = session ? `${session.email} · ${say(`role-${session.role}`)}` : "";
  const leave = document.getElementById("leave");
  leave.hidden = !session;
  leave.textContent = say("signOut");
  main.replaceChildren(session ? page() : entrance());
}

async function signOut() {
  if (areThere() && !confirm(say("dropDrafts"))) return;
  await ask("DELETE", "/session");
  dropAll();
  state.session = null;
  forget();
  tell("");
  draw();
}

document.getElementById("language").addEventListener("click", () => { switchLanguage(); tell(""); draw(); });
document.getElementById("leave").addEventListener("click", signOut);
window.addEventListener("hashchange", turn);
state.signedOut = draw;
try { state.session = await ask("GET", "/session"); } catch { /* nobody is signed in */ }
try { state.provider = (await ask("GET", "/sign-in")).provider; } catch { /* by password then */ }
draw();
