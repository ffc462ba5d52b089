/* The shapes of the river, largest and lightest first. */

import type { KeyboardEvent, PointerEvent, FocusEvent } from "react";
import { type Fact, markFact, openingFact } from "../model/facts";
import { type Mark, NODE_WIDTH, type Ribbon, type RibbonNode } from "../model/ribbon";
import { hue, repeated } from "../model/stageHue";
import { useScene } from "./scene";

export interface RibbonPartProps {
  readonly ribbon: Ribbon;
  readonly lit: ReadonlySet<string> | null;
  readonly onFocus: (id: string | null) => void;
}

interface Watch {
  onPointerEnter?: (e: PointerEvent<SVGElement>) => void;
  onPointerLeave?: () => void;
  onClick?: (e: { currentTarget: SVGElement; stopPropagation: () => void }) => void;
  onFocus?: (e: FocusEvent<SVGElement>) => void;
  onBlur?: () => void;
  onKeyDown?: (e: KeyboardEvent<SVGElement>) => void;
  tabIndex?: number;
  "data-figure"?: string;
  "aria-label"?: string;
  role?: "button";
}

/** Handlers that light a mark up and explain it. */
export function useWatch(onFocus: (id: string | null) => void) {
  const { explain, paper } = useScene();
  return (id: string, fact: Fact): Watch => {
    if (paper) return {};
    const leave = (): void => {
      onFocus(null);
      explain(null, null);
    };
    return {
      onPointerEnter: (e) => {
        onFocus(id);
        if (e.pointerType === "mouse") explain(fact, e.currentTarget);
      },
      onPointerLeave: leave,
      onClick: (e) => {
        e.stopPropagation();
        onFocus(id);
        explain(fact, e.currentTarget, true);
      },
      onFocus: (e) => {
        onFocus(id);
        explain(fact, e.currentTarget);
      },
      onBlur: leave,
      tabIndex: -1,
      "data-figure": "",
      role: "button",
      "aria-label": `${fact.title}, ${fact.value}`,
    };
  };
}

export function dim(lit: ReadonlySet<string> | null, id: string): string {
  return lit && !lit.has(id) ? "is-dim" : "";
}

function MarkShape({ mark, ribbon }: { mark: Mark; ribbon: Ribbon }) {
  const tone = `sj-hue-${hue(mark.index)}`;
  if (mark.kind === "forward") {
    return (
      <g className={tone}>
        <path d={mark.path} className="sj-forward" />
        {mark.edges.map((d) => <path key={d} d={d} className="sj-forward-edge" />)}
        {repeated(mark.index) && mark.height > 8 && (
          <path d={mark.edges[0]} transform={`translate(0 ${mark.height / 2})`} className="sj-inner-line" />
        )}
      </g>
    );
  }
  if (mark.kind === "left") {
    return (
      <g>
        <path d={mark.path} className="sj-left" />
        <path d={`M${mark.endX} ${ribbon.baseY}h${Math.max(4, mark.height)}`} className="sj-left-base" />
      </g>
    );
  }
  const stay = mark.kind === "still";
  return (
    <g className={tone}>
      <path d={mark.path} className={stay ? "sj-still" : "sj-arrival"} />
      {stay && <path d={`M${mark.endX} ${mark.endY - Math.max(4, mark.height) / 2}v${Math.max(4, mark.height)}`} className="sj-still-end" />}
    </g>
  );
}

function Node({ node, watch, lit }: { node: RibbonNode; watch: Watch; lit: boolean }) {
  const top = node.y + node.height - node.openingHeight;
  return (
    <g className={`sj-node sj-hue-${hue(node.index)} ${lit ? "" : "is-dim"}`} {...watch}>
      <rect x={node.x} y={node.y} width={NODE_WIDTH} height={node.height} className="sj-node-fill" />
      {node.openingHeight > 0.5 && (
        <rect x={node.x} y={top} width={NODE_WIDTH} height={node.openingHeight} fill="url(#sj-opening)" />
      )}
      {repeated(node.index) && (
        <path d={`M${node.x + NODE_WIDTH / 2} ${node.y}v${node.height}`} className="sj-inner-line" />
      )}
    </g>
  );
}

export function RibbonMarks({ ribbon, lit, onFocus }: RibbonPartProps) {
  const scene = useScene();
  const watch = useWatch(onFocus);
  const { stages } = scene.map;
  return (
    <>
      {ribbon.marks.map((mark) => (
        <g key={mark.id} data-mark={mark.id} data-moves={mark.moves} data-height={mark.height}
          className={`sj-mark ${dim(lit, mark.id)}`} {...watch(mark.id, markFact(mark, stages, scene))}>
          <MarkShape mark={mark} ribbon={ribbon} />
        </g>
      ))}
      {ribbon.nodes.map((node) => {
        const stage = stages[node.index];
        if (!stage) return null;
        return (
          <Node key={node.index} node={node} lit={!lit || ribbon.marks.some((m) => lit.has(m.id) && (m.index === node.index || m.target === node.index))}
            watch={watch(`still:${node.index}`, openingFact(node, stage, scene))} />
        );
      })}
    </>
  );
}
