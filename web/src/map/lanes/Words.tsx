/* Lanes of words: what people do, think, need; content and free text. */

import { say } from "../../model/values";
import { useScene } from "../scene";
import type { CellProps } from "./types";

export function EvidenceLine({ cell }: Pick<CellProps, "cell">) {
  const { words, format } = useScene();
  const first = cell.evidence[0];
  if (cell.provenance === "assumed" && !first) {
    return <span className="sj-cap">{words.provenance.assumed}</span>;
  }
  if (!first || first.kind === "event") return null;
  const kind = words.evidenceKind[first.kind] ?? first.kind;
  if (cell.provenance === "assumed") {
    return <span className="sj-cap">{words.provenance.assumed} · {kind}</span>;
  }
  return <span className="sj-cap">{kind}{first.n > 0 ? ` · ${words.n(format.count(first.n))}` : ""}</span>;
}

export function WordsCell({ cell, lane }: CellProps) {
  const { lang, zoom } = useScene();
  const quoted = lane.kind === "thoughts" || lane.kind === "needs";
  return (
    <>
      <span className="sj-text">{say(cell.text, lang)}</span>
      {(quoted || zoom === "stage") && <EvidenceLine cell={cell} />}
    </>
  );
}
