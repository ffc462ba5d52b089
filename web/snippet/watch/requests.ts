import type { Client } from "../types";

const MOST = 20;

/** Of an address only host and path: what comes after may hold anything. */
export function placeOfRequest(url: string, base: string): { path: string; host: string } | undefined {
  try {
    const { pathname, host, protocol } = new URL(url, base);
    return /^https?:$/.test(protocol) ? { path: pathname, host } : undefined;
  } catch {
    return undefined;
  }
}

/** Requests of the page that fail: answered with 400 and above, or not at all (status 0). */
export function watchRequests(client: Client): void {
  let count = 0;
  const tell = (method: string, url: string, status: number): void => {
    const place = placeOfRequest(url, location.href);
    if (!place || url.startsWith(client.config.collect) || count++ >= MOST) return;
    const { path, host } = place;
    client.track("request_error", { request_path: path, method: method.toUpperCase(), status, ...(host === location.host ? {} : { request_host: host }) });
  };
  window.fetch = function (this: unknown, ...args: Parameters<typeof fetch>) {
    const answered = client.fetch(...args);
    const [what, init] = args;
    const request = what instanceof Request ? what : undefined;
    const method = init?.method ?? request?.method ?? "GET";
    const url = request?.url ?? String(what);
    answered.then(
      ({ ok, status, type }) => ok || type === "opaque" || status < 400 || tell(method, url, status),
      (error: unknown) => (error as Error | undefined)?.name === "AbortError" || tell(method, url, 0),
    );
    return answered;
  };
  const { open } = XMLHttpRequest.prototype;
  const opened = new WeakMap<XMLHttpRequest, [string, string]>();
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
    const failed = (): void => tell(...(opened.get(this) ?? ["", ""]), this.status);
    if (!opened.has(this)) {
      this.addEventListener("load", () => this.status >= 400 && failed());
      this.addEventListener("error", failed);
    }
    opened.set(this, [String(args[0]), String(args[1])]);
    (open as (...all: unknown[]) => void).apply(this, args);
  };
}
