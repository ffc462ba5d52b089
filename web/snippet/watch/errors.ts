import { cleanUrl } from "../address";
import type { Client } from "../types";

const MOST = 10;
const MOST_TEXT = 200;

/** A message without what may name a person: addresses of mail, and long numbers. */
export function withoutNames(message: string): string {
  return message.replace(/\S+@\S+|\d{6,}/g, "*").slice(0, MOST_TEXT);
}

/** Errors of the page's own scripts, each once a page. */
export function watchErrors(client: Client): void {
  const told = new Set<string>();
  const tell = (message: string, file: string, line: number): void => {
    const where = `${message}${file}${line}`;
    if (!message || told.has(where) || told.size >= MOST) return;
    told.add(where);
    client.track("js_error", { message: withoutNames(message), ...(file ? { file: cleanUrl(file), line } : {}) });
  };
  addEventListener("error", (event) => {
    // A script of another origin that says nothing of its error is none of the page's own.
    if (event.message && event.filename) tell(event.message, event.filename, event.lineno);
  });
  addEventListener("unhandledrejection", ({ reason }) => {
    tell(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason), "", 0);
  });
}
