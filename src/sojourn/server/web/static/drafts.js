// What somebody typed and did not send yet: kept on this device until it is sent or thrown away,
// through a lost connection, an ended session, the other language and a closed tab.
import { base, state } from "./server.js";

const mine = () => `sojourn-draft ${base} ${state.session.user} `;

export function keep(name, value) {
  try { localStorage.setItem(mine() + name, JSON.stringify(value)); } catch { /* full: what is on the page stays */ }
}

export function kept(name) {
  try { return JSON.parse(localStorage.getItem(mine() + name)); } catch { return null; }
}

export function drop(name) { localStorage.removeItem(mine() + name); }

function all() { return Object.keys(localStorage).filter((key) => key.startsWith(mine())); }

export const areThere = () => all().length > 0;

export function dropAll() { all().forEach((key) => localStorage.removeItem(key)); }
