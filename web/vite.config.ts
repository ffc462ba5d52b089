import { defineConfig } from "vite";

/* The exported map runs on Preact to stay small; the web app uses the same components on React. */
export default defineConfig({
  resolve: {
    alias: {
      "react/jsx-runtime": "preact/jsx-runtime",
      "react-dom/client": "preact/compat/client",
      "react-dom": "preact/compat",
      react: "preact/compat",
    },
  },
  build: {
    target: ["chrome109", "firefox115", "safari16"],
    outDir: "dist",
    emptyOutDir: true,
    cssCodeSplit: false,
    lib: {
      entry: "src/export/main.tsx",
      formats: ["iife"],
      name: "sojournMap",
      fileName: () => "map.js",
      cssFileName: "map",
    },
  },
});
