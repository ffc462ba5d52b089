/* The exported file's start: read the embedded map and draw it. */

import { render } from "preact";
import "../styles/index.css";
import type { JourneyMap } from "../model/document";
import { App } from "./App";
import { ensureFont } from "./ensureFont";
import { handOver } from "./handOver";
import { readOptions } from "./options";

function embedded(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

const map = embedded("sojourn-map") as JourneyMap;
const options = readOptions((embedded("sojourn-options") ?? {}) as Record<string, never>);
const root = document.getElementById("sojourn-root");
if (root && map) {
  root.textContent = "";
  render(<App map={map} options={options} />, root);
  void ensureFont().then(async () => {
    if (options.mode === "picture") await handOver(map, options.lang);
    document.documentElement.dataset.ready = "true";
  });
}
