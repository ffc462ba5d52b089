/* A map without stages: what will be here, and how to begin. */

import { useScene } from "./scene";

export function EmptyMap() {
  const { words } = useScene();
  const [text = "", command = ""] = words.emptyText.split(/: (?=sojourn )/);
  return (
    <div className="sj-empty">
      <h2>{words.emptyTitle}</h2>
      <p>{text}{command && ":"}</p>
      {command && <p><code className="sj-mono">{command}</code></p>}
    </div>
  );
}
