// Sign-in, the first account, and a home page: are events arriving, what do they say.
import { forget, install } from "./install.js";
import { day, failure, isKorean, number, say, switchLanguage, time } from "./words.js";

const base = location.pathname.match(/^\/w\/[^/]+/)[0];
const main = document.getElementById("main");
let session = null;
let provider = null;
let watching = 0;

// Elements are made, never written as HTML: what comes from data stays text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

async function ask(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (session && method !== "GET") headers["x-csrf-token"] = session.csrf;
  const answer = await fetch(`${base}/api/v1${path}`, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) {
    if (answer.status === 401 && session) { session = null; draw(); }
    throw new Error(said.detail);
  }
  return said;
}

function field(label, attributes) {
  return make("label", {}, make("span", {}, label), make("input", { required: true, ...attributes }));
}

function form(title, why, fields, done, more, failed = "") {
  const error = make("p", { class: "error", role: "alert" }, failed);
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      session = await done(Object.fromEntries(new FormData(event.target)));
      history.replaceState(null, "", location.pathname + (/^#(setup|failed)=/.test(location.hash) ? "" : location.hash));
      draw();
    } catch (problem) { error.textContent = problem.message; }
  };
  return make("form", { class: "card narrow", onsubmit: submit }, make("h1", {}, title),
    why ? make("p", { class: "dim" }, why) : null, ...fields, make("button", {}, title), error, ...more);
}

// The provider's page takes over; where to come back to goes along, and so does an invitation.
function elsewhere(invitation) {
  if (!provider) return [];
  const error = make("p", { class: "error", role: "alert" });
  const go = async () => {
    error.textContent = "";
    const next = /^#(setup|failed)=/.test(location.hash) ? "" : location.hash;
    try { location.assign((await ask("POST", "/sign-in", { next, invitation })).address); }
    catch (problem) { error.textContent = problem.message; }
  };
  return [make("p", { class: "or dim" }, say("or")),
    make("button", { type: "button", class: "quiet", id: "provider", onclick: go }, say("signInWith", provider)), error];
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

function card(title, why, ...children) {
  return make("section", { class: children.some((child) => child?.dataset && "wide" in child.dataset) ? "card wide" : "card" }, make("h2", {}, title), why ? make("p", { class: "dim" }, why) : null, ...children);
}

function table(heads, rows) {
  const isNumber = (value) => (typeof value === "number" ? "n" : undefined);
  const cell = (value, at) => make("td", { role: "cell", class: isNumber(value), "data-label": heads[at] },
    typeof value === "number" ? number(value) : value);
  // The roles stay where a narrow screen lays rows out as blocks, which are no table to a browser.
  return make("div", { class: "scroll" }, make("table", { role: "table" },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads.map((head, at) => make("th", { role: "columnheader", class: rows[0] && isNumber(rows[0][at]), scope: "col" }, head)))),
    make("tbody", { role: "rowgroup" }, ...rows.map((row) => make("tr", { role: "row" }, ...row.map(cell))))));
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
    const call = `curl ${session.collector}/v1/track -u WRITE_KEY: \\\n  -H 'content-type: application/json' \\\n  -d '{"userId": "ann", "event": "Order Completed"}'`;
    return [make("p", {}, say("none")), make("pre", {}, make("code", {}, call))];
  }
  const total = answer.rows.reduce((sum, row) => sum + row.count, 0);
  const newest = answer.rows.map((row) => row.last_seen).filter(Boolean).sort().at(-1);
  const rows = answer.rows.slice(0, 12).map((row) => [row.event, row.count, row.people, row.last_seen ? time(row.last_seen) : "–"]);
  return [
    make("p", { class: "live" }, say("seen", number(total), newest ? time(newest) : "–")),
    table([say("event"), say("count"), say("people"), say("last")], rows),
    make("p", { class: "dim" }, `${say("eventsMean")} ${say("asOf", time(answer.as_of))}`),
  ];
}

function list(rows) {
  return make("dl", {}, ...rows.flatMap(([name, value, more]) => [make("dt", {}, name),
    make("dd", {}, value, more ? make("span", { class: "dim" }, more) : null)]));
}

// What is known of a person: merges, sources, consent, traits, segments; one row each.
function known(answer) {
  const since = (at) => say("since", day(at));
  const shown = (value) => (value === null ? "–" : String(value));
  const rows = answer.merged?.length ? [[say("merged"), answer.merged.join(", "), ""]] : [];
  for (const [kind, from] of Object.entries(answer.sources ?? {})) {
    const named = [from.channel, [from.source, from.medium, from.campaign].filter(Boolean).join(" / ")].filter(Boolean);
    rows.push([say(kind), named.join(" · "), day(from.at)]);
  }
  for (const fact of answer.consents ?? []) {
    const what = [say("consent"), fact.purpose, fact.channel].filter(Boolean).join(" · ");
    rows.push([what, say(fact.granted ? "granted" : "denied"), since(fact.since)]);
  }
  for (const trait of answer.traits ?? []) {
    const former = trait.former.map((one) => say("formerly", shown(one.value), day(one.since)));
    rows.push([trait.name, shown(trait.value), [since(trait.since), ...former].join(" · ")]);
  }
  const { inside = [], changes = [] } = answer.segments ?? {};
  if (inside.length) rows.push([say("inSegments"), inside.join(", "), ""]);
  for (const one of changes.slice(0, 8))
    rows.push([say(one.entered ? "entered" : "left"), one.segment, time(one.at) + (one.cause === "time" ? ` · ${say("byTime")}` : "")]);
  return rows;
}

function person() {
  const found = make("div", { "aria-live": "polite", "data-wide": true });
  const show = async (event) => {
    event.preventDefault();
    const who = new FormData(event.target).get("person");
    found.replaceChildren(make("p", { class: "dim" }, say("reading")));
    try {
      const answer = await ask("GET", `/people/${encodeURIComponent(who)}/events`);
      const rows = answer.rows.map((row) => [row.time ? time(row.time) : "–", row.event,
        Object.entries(row.properties ?? {}).map(([key, value]) => `${key} ${String(value).replace(/ XXX$/, "")}`).join(" · ")]);
      const facts = known(answer);
      found.replaceChildren(make("h3", {}, answer.person), facts.length ? list(facts) : "",
        table([say("when"), say("event"), say("properties")], rows.reverse()));
    } catch (problem) { found.replaceChildren(make("p", { class: "error" }, problem.message)); }
  };
  return card(say("person"), say("personWhy"), make("form", { class: "row", onsubmit: show },
    make("input", { name: "person", required: true, "aria-label": say("person") }), make("button", {}, say("show"))), found);
}

function keys() {
  const inside = make("div");
  const told = make("div", { "aria-live": "polite" });
  const look = async () => {
    const all = await ask("GET", "/keys");
    inside.replaceChildren(table([say("keyName"), ""], all.map((key) => [key.name, key.revoked ? say("revoked")
      : make("button", { class: "quiet", type: "button", onclick: async () => { await ask("DELETE", `/keys/${encodeURIComponent(key.name)}`); look(); } }, say("revoke"))])));
  };
  const add = async (event) => {
    event.preventDefault();
    const of = event.target;
    try {
      const made = await ask("POST", "/keys", { name: new FormData(of).get("name") });
      told.replaceChildren(make("p", {}, say("once")), make("pre", {}, make("code", {}, made.secret)));
      of.reset();
      look();
    } catch (problem) { told.replaceChildren(make("p", { class: "error" }, problem.message)); }
  };
  look();
  return card(say("keys"), say("keysWhy"), inside, make("form", { class: "row", onsubmit: add },
    make("input", { name: "name", required: true, maxlength: 64, "aria-label": say("keyName") }), make("button", {}, say("make"))), told);
}

function home() {
  const rank = ["viewer", "analyst", "editor", "admin"].indexOf(session.role);
  const language = isKorean() ? "ko" : "en";
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return make("div", {}, make("h1", {}, session.workspace), make("div", { class: "grid" },
    arriving(),
    card(say("map"), say("mapWhy"), make("a", { class: "button", href: `${base}/map?lang=${language}&theme=${theme}` }, say("openMap"))),
    rank >= 2 ? card(say("install"), say("installWhy"), make("a", { class: "button", href: "#install" }, say("openInstall"))) : null,
    rank >= 1 ? person() : null, rank >= 2 ? keys() : null));
}

function installPage() {
  const page = install({ ask, make });
  watching = page.watching;
  return page.element;
}

function draw() {
  clearInterval(watching);
  document.documentElement.lang = isKorean() ? "ko" : "en";
  document.getElementById("language").textContent = say("other");
  document.getElementById("place").textContent = decodeURIComponent(base.slice(3));
  document.getElementById("me").textContent = session ? `${session.email} · ${session.role}` : "";
  const leave = document.getElementById("leave");
  leave.hidden = !session;
  leave.textContent = say("signOut");
  main.replaceChildren(session ? (location.hash === "#install" ? installPage() : home()) : entrance());
}

document.getElementById("language").addEventListener("click", () => { switchLanguage(); draw(); });
document.getElementById("leave").addEventListener("click", async () => { await ask("DELETE", "/session"); session = null; forget(); draw(); });
window.addEventListener("hashchange", draw);
try { session = await ask("GET", "/session"); } catch { /* nobody is signed in */ }
try { ({ provider } = await ask("GET", "/sign-in")); } catch { /* by password then */ }
draw();
