import type { Store } from "./store";

const SESSION_GAP_MS = 30 * 60_000;

/** The cookie that carries the anonymous id; local storage is its twin where one of them is cleared. */
export interface Cookie {
  read(): string;
  write(value: string): void;
}

/** Who is on the page, as far as its store remembers. */
export interface Identity {
  anonymousId(): string;
  sessionId(now: number): string;
  get(name: "user" | "group"): string;
  set(name: "user" | "group", id: string): void;
  reset(): void;
}

export function identityIn(store: Store, cookie: Cookie, newId: () => string): Identity {
  let anonymous = "";
  const keep = (id: string): string => {
    anonymous = id;
    store.set("id", id);
    cookie.write(id);
    return id;
  };
  return {
    // The cookie goes first: other hosts of the same site share it.
    anonymousId: () => anonymous || keep(cookie.read() || store.get("id") || newId()),
    sessionId(now) {
      const [id, last] = (store.get("session") ?? "").split(" ");
      const goesOn = id && now - Number(last) < SESSION_GAP_MS;
      const session = goesOn ? id : newId();
      store.set("session", `${session} ${now}`);
      return session;
    },
    get: (name) => store.get(name) ?? "",
    set: (name, id) => store.set(name, id),
    reset() {
      for (const name of ["user", "group", "session"]) store.remove(name);
      keep(newId());
    },
  };
}

/** A random id; `crypto.randomUUID` is missing on pages without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
