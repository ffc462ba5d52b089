import { defineConfig } from "vitest/config";

/* Tests run on React itself, which shows that the components are not tied to the exported file. */
export default defineConfig({ test: { include: ["test/**/*.test.{ts,tsx}"], environment: "node" } });
