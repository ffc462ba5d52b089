import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

/* `npm run check` builds the two files first. */
const read = (name: string): Buffer => readFileSync(new URL(`../../dist/snippet/${name}`, import.meta.url));
const first = read("sojourn.js");
const second = read("sojourn-vitals.js");

describe("the files a site loads", () => {
  it("are small: the first under 8 KB compressed, the second under 3", () => {
    expect(gzipSync(first, { level: 9 }).length).toBeLessThan(8 * 1024);
    expect(gzipSync(second, { level: 9 }).length).toBeLessThan(3 * 1024);
  });
  it("name no host of their own", () => {
    expect(`${first}${second}`).not.toMatch(/https?:\/\/[\w.]/);
  });
  it("are tied together: the first seals the second", () => {
    expect(String(first)).toContain(`sha384-${createHash("sha384").update(second).digest("base64")}`);
    const hash = createHash("sha256").update(second).digest("hex").slice(0, 16);
    expect(String(first)).toContain(`sojourn/${hash}/sojourn-vitals.js`);
  });
  it("leave nothing behind in the page's names", () => {
    for (const file of [first, second]) expect(String(file)).toMatch(/^\(function\(\)\{[\s\S]*\}\)\(\);?\s*$/);
  });
});
