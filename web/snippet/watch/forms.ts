import type { Client } from "../types";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const MOST_ERRORS = 20;

interface Begun {
  since: number;
  last: string;
  fields: Set<string>;
}

/** What a form or a field is called: a name that the site gave it, never what was typed into it. */
export function nameOf(element: Element): string {
  const own = (name: string): string | null => element.getAttribute(name);
  return own("data-sojourn-name") || own("name") || own("id") || "";
}

export function formName(form: Element): string {
  return nameOf(form) || (form.getAttribute("action") ?? "").split(/[?#]/)[0] || "form";
}

/** Forms begun, fields found wrong, forms sent, and forms left. */
export function watchForms(client: Client): void {
  const begun = new Map<HTMLFormElement, Begun>();
  let errors = 0;
  const fieldOf = (event: Event): [HTMLFormElement, string] | undefined => {
    const field = event.target as Field;
    // A search box that is left is no form given up.
    if (!field?.form || field.type === "hidden" || field.form.getAttribute("role") === "search") return undefined;
    return [field.form, nameOf(field) || field.type];
  };
  const touch = (event: Event): void => {
    const found = fieldOf(event);
    if (!found) return;
    const [form, field] = found;
    let state = begun.get(form);
    if (!state) {
      begun.set(form, (state = { since: performance.now(), last: field, fields: new Set() }));
      client.track("form_start", { form: formName(form), field });
    }
    state.last = field;
    state.fields.add(field);
  };
  const wrong = (event: Event): void => {
    const found = fieldOf(event);
    const marked = event.type === "invalid" || (event.target as Element).getAttribute?.("aria-invalid") === "true";
    if (!found || !marked || errors++ >= MOST_ERRORS) return;
    client.track("form_error", { form: formName(found[0]), field: found[1] });
  };
  for (const name of ["input", "change"]) document.addEventListener(name, touch, true);
  for (const name of ["invalid", "focusout"]) document.addEventListener(name, wrong, true);
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      begun.delete(form);
      client.track("form_submit", { form: formName(form) });
    },
    true,
  );
  client.onLeave((why) => {
    // Who only looks at another tab may come back to the form.
    if (why === "hidden") return;
    for (const [form, { since, last, fields }] of begun) {
      const spent_s = Math.round((performance.now() - since) / 100) / 10;
      client.track("form_abandon", { form: formName(form), last_field: last, fields: fields.size, spent_s });
    }
    begun.clear();
  });
}
