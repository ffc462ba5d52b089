// Who may sign in, tokens for programs, and what was done.
import { button, card, copied, field, head, make, reading, table, wrong } from "./parts.js";
import { ask, base, isAtLeast, ROLES, state } from "./server.js";
import { actionWords, day, number, say, time } from "./words.js";

const DONE_SHOWN = 50;
const DAYS = [30, 90, 365, 0];

// A role that may be given: of one's own and the smaller ones, or of all.
function roleChoice(chosen, roles, attributes) {
  return make("select", attributes, ...roles.map((role) =>
    make("option", { value: role, selected: role === chosen }, say(`role-${role}`))));
}

function labelled(words, input) {
  return make("label", {}, make("span", {}, words), input);
}

// A form that does one thing and tells what came of it, or why nothing did.
function doing(words, fields, done) {
  const told = make("div", { "aria-live": "polite" });
  const go = async (event) => {
    event.preventDefault();
    const of = event.target;
    try {
      told.replaceChildren(...await done(Object.fromEntries(new FormData(of))));
      of.reset();
    } catch (problem) { told.replaceChildren(wrong(problem)); }
  };
  return [make("form", { class: "asked", onsubmit: go }, ...fields,
    make("div", { class: "acts" }, make("button", { class: "quiet" }, words))), told];
}

// Asks once more before something that cannot be taken back.
function sure(asking, words, what, done) {
  const error = make("div", { role: "alert" });
  const go = async (event) => {
    event.preventDefault();
    try { await done(); } catch (problem) { error.replaceChildren(wrong(problem)); }
  };
  asking.replaceChildren(make("form", { class: "asked", onsubmit: go }, make("h3", { tabindex: "-1" }, words),
    make("p", { class: "dim" }, what), error, make("div", { class: "acts" },
      make("button", {}, words), button(say("cancel"), () => asking.replaceChildren()))));
  asking.querySelector("h3").focus();
}

// Fills an element from the server, and says why where that fails.
async function fill(inside, read) {
  try { inside.replaceChildren(...await read()); } catch (problem) { inside.replaceChildren(wrong(problem)); }
}

function tokens() {
  const inside = make("div", { "data-wide": true }, reading());
  const asking = make("div");
  const look = () => fill(inside, async () => {
    const all = await ask("GET", "/tokens");
    if (!all.length) return [make("p", { class: "dim" }, say("noTokens"))];
    const isOver = (token) => token.expires && Date.parse(token.expires) < Date.now();
    return [table([say("tokenName"), say("role"), say("made"), say("expires"), ""], all.map((token) => [
      token.name, say(`role-${token.role}`), day(token.made),
      token.expires ? (isOver(token) ? say("expired", day(token.expires)) : day(token.expires)) : say("never"),
      button(say("end"), () => sure(asking, say("endOf", token.name), say("endWhat"), async () => {
        await ask("DELETE", `/tokens/${encodeURIComponent(token.id)}`);
        asking.replaceChildren();
        look();
      }), { "aria-label": say("endOf", token.name) }),
    ]))];
  });
  look();
  const mine = ROLES.slice(0, ROLES.indexOf(state.session.role) + 1);
  const fields = [
    field(say("tokenName"), { name: "name", maxlength: 64, autocomplete: "off" }, say("tokenNameHint")),
    make("div", { class: "pair" }, labelled(say("role"), roleChoice("viewer", mine, { name: "role" })),
      labelled(say("expires"), make("select", { name: "days" }, ...DAYS.map((days) =>
        make("option", { value: days, selected: days === 365 }, days ? say("afterDays", number(days)) : say("never")))))),
  ];
  const made = async ({ name, role, days }) => {
    const token = await ask("POST", "/tokens", { name, role, days: Number(days) || null });
    look();
    const call = `curl ${location.origin}${base}/api/v1/session \\\n  -H 'authorization: Bearer ${token.secret}'`;
    return [make("p", {}, say("once")), copied(token.secret), make("p", { class: "dim" }, say("tokenUse")),
      make("pre", {}, make("code", {}, call))];
  };
  return card(say("tokens"), say("tokensWhy"), inside, asking, ...doing(say("makeToken"), fields, made));
}

function accounts(users, again) {
  const asking = make("div");
  const error = make("div", { role: "alert" });
  const give = (user) => async (event) => {
    const select = event.target;
    error.replaceChildren();
    try {
      await ask("PUT", `/users/${encodeURIComponent(user.id)}/role`, { role: select.value });
      again(say("roleGiven", user.email, say(`role-${select.value}`)));
    } catch (problem) { select.value = user.role; error.replaceChildren(wrong(problem)); }
  };
  const remove = (user) => sure(asking, say("removeOf", user.email), say("removeWhat"), async () => {
    await ask("DELETE", `/users/${encodeURIComponent(user.id)}`);
    again(say("removed", user.email));
  });
  const rows = users.map((user) => {
    const isMe = user.id === state.session.user;
    const role = isMe ? say(`role-${user.role}`)
      : roleChoice(user.role, ROLES, { "aria-label": say("roleOf", user.email), onchange: give(user) });
    return [make("span", { class: "named" }, user.email), role, day(user.made), isMe ? say("you")
      : button(say("remove"), () => remove(user), { "aria-label": say("removeOf", user.email) })];
  });
  const invite = async ({ role }) => {
    const made = await ask("POST", "/invitations", { role });
    return [make("p", {}, say("invited", say(`role-${role}`))), copied(location.origin + made.path)];
  };
  return card(say("accounts"), say("accountsWhy"),
    make("div", { "data-wide": true }, table([say("email"), say("role"), say("made"), ""], rows)), error, asking,
    ...doing(say("invite"), [labelled(say("inviteAs"), roleChoice("analyst", ROLES, { name: "role" }))], invite));
}

function wasDone(entries, users) {
  const emails = new Map(users.map((user) => [user.id, user.email]));
  const named = (id) => emails.get(id) ?? id;
  const of = (one) => (one.what === one.who ? "" : one.action === "invite" ? say(`role-${one.what}`) : named(one.what));
  const rows = entries.map((one) => [time(one.at), one.who ? named(one.who) : say("nobody"), actionWords(one.action), of(one)]);
  return card(say("wasDone"), say("wasDoneWhy", number(DONE_SHOWN)),
    make("div", { "data-wide": true }, table([say("when"), say("doneBy"), say("action"), say("of")], rows)));
}

export function accessPage(again) {
  const managed = make("div");
  if (isAtLeast("admin")) {
    managed.replaceChildren(reading());
    fill(managed, async () => {
      const [users, done] = await Promise.all([ask("GET", "/users"), ask("GET", `/audit?most=${DONE_SHOWN}`)]);
      return [accounts(users, again), wasDone(done, users)];
    });
  }
  return make("div", {}, head(say(isAtLeast("admin") ? "access" : "tokens"), [[say("home"), "#"]],
    make("p", { class: "dim" }, state.session.email)), tokens(), managed);
}
