// What the pages ask of the server, and who is signed in.
import { problemWords } from "./words.js";

export const base = location.pathname.match(/^\/w\/[^/]+/)[0];
export const state = { session: null, provider: null, signedOut: () => {} };

export const ROLES = ["viewer", "analyst", "editor", "admin"];

export const isAtLeast = (role) => ROLES.indexOf(state.session.role) >= ROLES.indexOf(role);

// A failure carries the code of the problem; "offline" where the server could not be asked at all.
function failed(detail, code, status) {
  return Object.assign(new Error(detail), { code, status });
}

export async function ask(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (state.session && method !== "GET") headers["x-csrf-token"] = state.session.csrf;
  let answer;
  try {
    answer = await fetch(`${base}/api/v1${path}`, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch { throw failed(problemWords("offline"), "offline", 0); }
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => ({ detail: answer.statusText, code: "other" }));
  if (!answer.ok) {
    if (answer.status === 401 && state.session) { state.session = null; state.signedOut(); }
    throw failed(said.detail, said.code, answer.status);
  }
  return said;
}
