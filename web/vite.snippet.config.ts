import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

/* The browser snippet, in two files. The second is built first (`--mode vitals`): the first names it
   by its hash and seals it, so that a page which trusts the first file trusts both. */
const OUT = "dist/snippet";

function sealed(): { path: string; integrity: string } {
  const content = readFileSync(`${OUT}/sojourn-vitals.js`);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const integrity = `sha384-${createHash("sha384").update(content).digest("base64")}`;
  return { path: `sojourn/${hash}/sojourn-vitals.js`, integrity };
}

export default defineConfig(({ mode }) => {
  const late = mode === "vitals";
  return {
    define: late ? {} : { __VITALS__: JSON.stringify(sealed()) },
    build: {
      target: ["chrome109", "firefox115", "safari16"],
      outDir: OUT,
      emptyOutDir: late,
      lib: {
        entry: late ? "snippet/vitals.ts" : "snippet/main.ts",
        formats: ["iife"],
        name: late ? "sojournVitalsFile" : "sojournFile",
        fileName: () => (late ? "sojourn-vitals.js" : "sojourn.js"),
      },
    },
  };
});
