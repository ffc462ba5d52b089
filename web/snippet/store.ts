/* Where something is kept by name: in memory, or in the browser. Nothing here may ever throw. */

export interface Store {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  names(): string[];
}

export function memoryStore(): Store {
  const held = new Map<string, string>();
  return {
    get: (name) => held.get(name) ?? null,
    set: (name, value) => void held.set(name, value),
    remove: (name) => void held.delete(name),
    names: () => [...held.keys()],
  };
}

const PREFIX = "sojourn.";

/** Local storage under a prefix. It may be full, switched off or forbidden: then nothing is kept. */
export function browserStore(): Store {
  const attempt = <T>(act: (area: Storage) => T, otherwise: T): T => {
    try {
      return act(localStorage);
    } catch {
      return otherwise;
    }
  };
  return {
    get: (name) => attempt((area) => area.getItem(PREFIX + name), null),
    set: (name, value) => attempt((area) => area.setItem(PREFIX + name, value), undefined),
    remove: (name) => attempt((area) => area.removeItem(PREFIX + name), undefined),
    names: () =>
      attempt(
        (area) => Object.keys(area).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
        [],
      ),
  };
}

export function readCookie(all: string, name: string): string {
  const found = all.split("; ").find((pair) => pair.startsWith(name + "="));
  return found ? found.slice(name.length + 1) : "";
}

export function cookieText(name: string, value: string, domain: string, secure: boolean): string {
  const age = value ? 31_536_000 : 0;
  return (
    `${name}=${value}; path=/; max-age=${age}; samesite=lax` +
    (domain && `; domain=${domain}`) + (secure ? "; secure" : "")
  );
}
